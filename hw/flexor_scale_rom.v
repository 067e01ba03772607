// Multipliers and beta of a layer's channels from a memory with fixed contents: the words of a pixel, again and again.
//
// fetch_i reads the next word, which params_o shows from the next cycle on.
// Example: Words 64, Width 40: 64 channels one a beat, a multiplier of 16 bits and a beta of 24 bits each.
// Not done here: what the words mean (flexor_requantiser). Registered paths: params_o.
module flexor_scale_rom #(
  parameter integer Width = 50,
  // Words of a pixel.
  parameter integer Words = 1,
  parameter MemFile = ""
) (
  input  wire             clk_i,
  input  wire             rst_ni,
  input  wire             fetch_i,
  output wire [Width-1:0] params_o
);

  localparam integer AddrBits = (Words <= 1) ? 1 : $clog2(Words);
  localparam integer LastI = Words - 1;
  localparam [AddrBits-1:0] Last = LastI[AddrBits-1:0];

  reg [AddrBits-1:0] word_q;

  always @(posedge clk_i) begin
    if (!rst_ni) word_q <= {AddrBits{1'b0}};
    else if (fetch_i) word_q <= (word_q == Last) ? {AddrBits{1'b0}} : word_q + 1'b1;
  end

  flexor_rom #(
    .Width(Width),
    .Depth(Words),
    .AddrBits(AddrBits),
    .MemFile(MemFile)
  ) u_params (
    .clk_i(clk_i),
    .en_i(fetch_i),
    .addr_i(word_q),
    .data_o(params_o)
  );

endmodule
