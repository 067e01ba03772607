// Multipliers and beta of a layer's channels, loaded at run time: as flexor_scale_rom, from one or two banks (flexor_store).
//
// Frames use the bank that switch_i says (flexor_bank).
// Example: Words 64, Width 40, Pixels 784 for 28x28 results of 64 channels.
// Not done here: what the words mean (flexor_requantiser). Registered paths: params_o.
module flexor_scale_ram #(
  parameter integer Width = 50,
  // Words of a pixel.
  parameter integer Words = 1,
  // Pixels of a frame, and bits of its number.
  parameter integer Pixels = 1,
  parameter integer FrameBits = 4,
  parameter integer Banks = 2,
  parameter MemFile = ""
) (
  input  wire               clk_i,
  input  wire               rst_ni,
  input  wire               fetch_i,
  output wire [Width-1:0]   params_o,
  input  wire [2:0]         load_kind_i,
  input  wire [31:0]        load_word_i,
  output wire [2:0]         load_kind_o,
  output wire [31:0]        load_word_o,
  input  wire [FrameBits:0] switch_i,
  output wire               settled_o
);

  localparam integer AddrBits = (Words <= 1) ? 1 : $clog2(Words);
  localparam integer LastI = Words - 1;
  localparam [AddrBits-1:0] Last = LastI[AddrBits-1:0];

  reg [AddrBits-1:0] word_q;
  wire bank;
  wire [1:0] unused_bank;

  always @(posedge clk_i) begin
    if (!rst_ni) word_q <= {AddrBits{1'b0}};
    else if (fetch_i) word_q <= (word_q == Last) ? {AddrBits{1'b0}} : word_q + 1'b1;
  end

  flexor_store #(
    .Width(Width),
    .Depth(Words),
    .AddrBits(AddrBits),
    .Banks(Banks),
    .MemFile(MemFile)
  ) u_params (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .en_i(fetch_i),
    .bank_i(bank),
    .addr_i(word_q),
    .data_o(params_o),
    .load_kind_i(load_kind_i),
    .load_word_i(load_word_i),
    .load_kind_o(load_kind_o),
    .load_word_o(load_word_o)
  );

  flexor_bank #(
    .Pixels(Pixels),
    .FrameBits(FrameBits)
  ) u_bank (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .done_i(fetch_i && word_q == Last),
    .switch_i(switch_i),
    .bank_o(bank),
    .next_o(unused_bank[1]),
    .late_o(unused_bank[0]),
    .settled_o(settled_o)
  );

endmodule
