// Weight source with fixed contents: words of encrypted weights, pixel after pixel, from a memory that a file fills.
//
// The rows of a pixel are read again and again, ahead of the engine, and gathered into words (flexor_word_gather). The
// memory holds Rows rows; RowsPerWord of them, low bits first, are a word.
// Example: 5 words of 80 bits a pixel in 25 rows of 16 bits.
// With Registered = 1 rows go through a register, so that the memory's output, which is slow in a block RAM, does not reach
// the XOR circuits behind.
// Not done here: decrypting (the XOR circuit of a design's M⊕). Registered paths: word_valid_o, word_o.
module flexor_weight_rom #(
  parameter integer WordBits = 3,
  parameter integer RowBits = 2,
  parameter integer RowsPerWord = 2,
  // Rows of a pixel.
  parameter integer Rows = 4,
  parameter integer Registered = 1,
  // What the memory is made of (flexor_rom).
  parameter RamStyle = "auto",
  parameter MemFile = ""
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  output wire                word_valid_o,
  input  wire                word_ready_i,
  output wire [WordBits-1:0] word_o
);

  localparam integer AddrBits = (Rows <= 1) ? 1 : $clog2(Rows);

  wire en;
  wire [AddrBits-1:0] addr;
  wire read_valid;
  wire read_ready;
  wire [RowBits-1:0] read;
  wire row_valid;
  wire row_ready;
  wire [RowBits-1:0] row;

  flexor_row_reader #(
    .Rows(Rows),
    .AddrBits(AddrBits)
  ) u_reader (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .en_o(en),
    .addr_o(addr),
    .valid_o(read_valid),
    .ready_i(read_ready)
  );

  flexor_rom #(
    .Width(RowBits),
    .Depth(Rows),
    .AddrBits(AddrBits),
    .RamStyle(RamStyle),
    .MemFile(MemFile)
  ) u_rows (
    .clk_i(clk_i),
    .en_i(en),
    .addr_i(addr),
    .data_o(read)
  );

  generate
    if (Registered != 0) begin : g_register
      reg valid_q;
      reg [RowBits-1:0] row_q;
      assign read_ready = !valid_q || row_ready;
      assign row_valid = valid_q;
      assign row = row_q;
      always @(posedge clk_i) begin
        if (read_ready) row_q <= read;
        if (!rst_ni) valid_q <= 1'b0;
        else if (read_ready) valid_q <= read_valid;
      end
    end else begin : g_direct
      assign read_ready = row_ready;
      assign row_valid = read_valid;
      assign row = read;
    end
  endgenerate

  flexor_word_gather #(
    .WordBits(WordBits),
    .RowBits(RowBits),
    .RowsPerWord(RowsPerWord)
  ) u_gather (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .row_valid_i(row_valid),
    .row_ready_o(row_ready),
    .row_i(row),
    .word_valid_o(word_valid_o),
    .word_ready_i(word_ready_i),
    .word_o(word_o)
  );

endmodule
