// Weight source outside the design: words of encrypted weights from a stream of rows, a pass of Rows rows a pixel.
//
// row_last_i comes with the last row of a pass; error_o pulses where it came elsewhere. The engine waits where a row is not
// there yet.
// Example: Rows 25, RowsPerWord 5, RowBits 16: words of 80 bits, 25 beats of 16 bits a pixel.
// Not done here: finding the place again after an error; a reset of both sides does. Registered paths: error_o.
module flexor_weight_stream #(
  parameter integer WordBits = 3,
  parameter integer RowBits = 2,
  parameter integer RowsPerWord = 2,
  // Rows of a pixel.
  parameter integer Rows = 4
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  input  wire                row_valid_i,
  output wire                row_ready_o,
  input  wire [RowBits-1:0]  row_i,
  input  wire                row_last_i,
  output wire                word_valid_o,
  input  wire                word_ready_i,
  output wire [WordBits-1:0] word_o,
  output reg                 error_o
);

  localparam integer CountBits = (Rows <= 1) ? 1 : $clog2(Rows);
  localparam integer LastI = Rows - 1;
  localparam [CountBits-1:0] Last = LastI[CountBits-1:0];

  reg [CountBits-1:0] row_q;
  wire take = row_valid_i && row_ready_o;
  wire at_last = row_q == Last;

  always @(posedge clk_i) begin
    error_o <= rst_ni && take && row_last_i != at_last;
    if (!rst_ni) row_q <= {CountBits{1'b0}};
    else if (take) row_q <= at_last ? {CountBits{1'b0}} : row_q + 1'b1;
  end

  flexor_word_gather #(
    .WordBits(WordBits),
    .RowBits(RowBits),
    .RowsPerWord(RowsPerWord)
  ) u_gather (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .row_valid_i(row_valid_i),
    .row_ready_o(row_ready_o),
    .row_i(row_i),
    .word_valid_o(word_valid_o),
    .word_ready_i(word_ready_i),
    .word_o(word_o)
  );

endmodule
