// Gathers rows into words: a word is RowsPerWord rows one after the other, the first one in its low bits.
//
// While a word is in use the rows of the next one come in, one a cycle, so words that are taken RowsPerWord cycles apart or more
// lose no cycle. Narrow rows fill block RAMs where wide words would leave most of them empty.
// Example: words of 80 bits every 10 cycles as five rows of 16 bits.
// Not done here: fetching rows. Registered paths: none; the last row of a word goes straight through.
module flexor_word_gather #(
  parameter integer WordBits = 3,
  parameter integer RowBits = 2,
  parameter integer RowsPerWord = 2
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  input  wire                row_valid_i,
  output wire                row_ready_o,
  input  wire [RowBits-1:0]  row_i,
  output wire                word_valid_o,
  input  wire                word_ready_i,
  output wire [WordBits-1:0] word_o
);

  generate
    if (RowsPerWord > 1) begin : g_gather
      localparam integer CountBits = $clog2(RowsPerWord);
      localparam integer LastI = RowsPerWord - 1;
      localparam [CountBits-1:0] Last = LastI[CountBits-1:0];
      localparam integer GatherBits = (RowsPerWord - 1) * RowBits;
      reg [CountBits-1:0] count_q;
      reg [GatherBits-1:0] gathered_q;
      wire [GatherBits+RowBits-1:0] rows = {row_i, gathered_q};
      wire full = count_q == Last;
      wire pop = row_valid_i && row_ready_o;

      assign row_ready_o = !full || word_ready_i;
      assign word_valid_o = row_valid_i && full;
      assign word_o = rows[WordBits-1:0];

      always @(posedge clk_i) begin
        if (!rst_ni) count_q <= {CountBits{1'b0}};
        else if (pop) count_q <= full ? {CountBits{1'b0}} : count_q + 1'b1;
        if (pop && !full) gathered_q <= rows[GatherBits+RowBits-1:RowBits];
      end

      if (GatherBits + RowBits > WordBits) begin : g_rest
        wire unused_rest = ^rows[GatherBits+RowBits-1:WordBits];
      end
    end else begin : g_whole
      wire unused_clock = ^{clk_i, rst_ni};
      assign row_ready_o = word_ready_i;
      assign word_valid_o = row_valid_i;
      assign word_o = row_i;
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(RowsPerWord >= 1 && RowsPerWord * RowBits >= WordBits)) begin
      $display("%m: error: flexor_word_gather needs RowsPerWord rows that hold a word");
      $stop;
    end
    if (!(RowsPerWord * (RowBits - 1) < WordBits)) begin
      $display("%m: error: flexor_word_gather needs rows no wider than a word needs");
      $stop;
    end
  end
`endif

endmodule
