// Reads the rows of a memory of two banks again and again (flexor_row_reader), each pixel from the bank of its frame.
//
// word_take_i says that a word is taken. When the last one of a pixel is, all its rows and no others have been fetched. Rows
// that were fetched for a frame that has not begun, from a bank that this frame is not to use, are dropped (drop_o) and
// fetched again.
// Example: Rows 5, Pixels 784 for 28x28. Not done here: the memory itself (flexor_store), choosing the bank (flexor_loader).
// Registered paths: valid_o, addr_o; bank_o is a function of word_take_i.
module flexor_bank_reader #(
  parameter integer Rows = 4,
  // At least 1 and $clog2(Rows).
  parameter integer AddrBits = 2,
  // Pixels of a frame, and bits of its number.
  parameter integer Pixels = 1,
  parameter integer FrameBits = 4
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  output wire                en_o,
  output wire                bank_o,
  output wire [AddrBits-1:0] addr_o,
  output wire                valid_o,
  input  wire                ready_i,
  input  wire                word_take_i,
  output wire                drop_o,
  input  wire [FrameBits:0]  switch_i,
  output wire                settled_o
);

  wire unused_bank;

  flexor_row_reader #(
    .Rows(Rows),
    .AddrBits(AddrBits)
  ) u_reader (
    .clk_i(clk_i),
    .rst_ni(rst_ni && !drop_o),
    .en_o(en_o),
    .addr_o(addr_o),
    .valid_o(valid_o),
    .ready_i(ready_i)
  );

  flexor_bank #(
    .Pixels(Pixels),
    .FrameBits(FrameBits)
  ) u_bank (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .done_i(word_take_i && addr_o == {AddrBits{1'b0}}),
    .switch_i(switch_i),
    .bank_o(unused_bank),
    .next_o(bank_o),
    .late_o(drop_o),
    .settled_o(settled_o)
  );

endmodule
