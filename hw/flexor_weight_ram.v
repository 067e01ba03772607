// Weight source that is loaded at run time: as flexor_weight_rom, from one or two banks that can be loaded (flexor_store).
//
// Frames use the bank that switch_i says (flexor_bank). A word that is offered for a frame that has not begun is taken back
// where that frame is to use the other bank.
// Example: 5 words of 80 bits a pixel in 25 rows of 16 bits, 784 pixels a frame.
// Not done here: lanes that start inside a slice (flexor_weight_ram_phase). Registered paths: word_valid_o, word_o.
module flexor_weight_ram #(
  parameter integer WordBits = 3,
  parameter integer RowBits = 2,
  parameter integer RowsPerWord = 2,
  // Rows of a pixel.
  parameter integer Rows = 4,
  // Pixels of a frame, and bits of its number.
  parameter integer Pixels = 1,
  parameter integer FrameBits = 4,
  parameter integer Banks = 2,
  parameter MemFile = ""
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  output wire                word_valid_o,
  input  wire                word_ready_i,
  output wire [WordBits-1:0] word_o,
  input  wire [2:0]          load_kind_i,
  input  wire [31:0]         load_word_i,
  output wire [2:0]          load_kind_o,
  output wire [31:0]         load_word_o,
  input  wire [FrameBits:0]  switch_i,
  output wire                settled_o
);

  localparam integer AddrBits = (Rows <= 1) ? 1 : $clog2(Rows);

  wire en;
  wire bank;
  wire drop;
  wire [AddrBits-1:0] addr;
  wire row_valid;
  wire row_ready;
  wire [RowBits-1:0] row;

  flexor_bank_reader #(
    .Rows(Rows),
    .AddrBits(AddrBits),
    .Pixels(Pixels),
    .FrameBits(FrameBits)
  ) u_reader (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .en_o(en),
    .bank_o(bank),
    .addr_o(addr),
    .valid_o(row_valid),
    .ready_i(row_ready),
    .word_take_i(word_valid_o && word_ready_i),
    .drop_o(drop),
    .switch_i(switch_i),
    .settled_o(settled_o)
  );

  flexor_store #(
    .Width(RowBits),
    .Depth(Rows),
    .AddrBits(AddrBits),
    .Banks(Banks),
    .MemFile(MemFile)
  ) u_rows (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .en_i(en),
    .bank_i(bank),
    .addr_i(addr),
    .data_o(row),
    .load_kind_i(load_kind_i),
    .load_word_i(load_word_i),
    .load_kind_o(load_kind_o),
    .load_word_o(load_word_o)
  );

  flexor_word_gather #(
    .WordBits(WordBits),
    .RowBits(RowBits),
    .RowsPerWord(RowsPerWord)
  ) u_gather (
    .clk_i(clk_i),
    .rst_ni(rst_ni && !drop),
    .row_valid_i(row_valid),
    .row_ready_o(row_ready),
    .row_i(row),
    .word_valid_o(word_valid_o),
    .word_ready_i(word_ready_i),
    .word_o(word_o)
  );

endmodule
