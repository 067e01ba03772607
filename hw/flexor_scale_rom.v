// Multipliers and beta of a layer's channels from a memory with fixed contents: the words of a pixel, again and again.
//
// fetch_i asks for the next word, which params_o shows from the next cycle on. With Registered = 1 the memory is read a word
// ahead, so that its output, which is slow in a block RAM, goes into a register first; the first word is read in the cycle
// behind a reset, so fetch_i must be 0 in that cycle.
// Example: Words 64, Width 40: 64 channels one a beat, a multiplier of 16 bits and a beta of 24 bits each.
// Not done here: what the words mean (flexor_requantiser). Registered paths: params_o.
module flexor_scale_rom #(
  parameter integer Width = 50,
  // Words of a pixel.
  parameter integer Words = 1,
  parameter integer Registered = 1,
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
  wire read;
  wire [Width-1:0] word;

  always @(posedge clk_i) begin
    if (!rst_ni) word_q <= {AddrBits{1'b0}};
    else if (read) word_q <= (word_q == Last) ? {AddrBits{1'b0}} : word_q + 1'b1;
  end

  flexor_rom #(
    .Width(Width),
    .Depth(Words),
    .AddrBits(AddrBits),
    .MemFile(MemFile)
  ) u_params (
    .clk_i(clk_i),
    .en_i(read),
    .addr_i(word_q),
    .data_o(word)
  );

  generate
    if (Registered != 0) begin : g_ahead
      // The first word is read.
      reg ahead_q;
      reg [Width-1:0] params_q;
      assign read = fetch_i || !ahead_q;
      assign params_o = params_q;
      always @(posedge clk_i) begin
        ahead_q <= rst_ni;
        if (fetch_i) params_q <= word;
      end
`ifndef SYNTHESIS
      always @(posedge clk_i)
        if (rst_ni && !ahead_q && fetch_i) begin
          $display("%m: error: flexor_scale_rom is asked in the cycle behind a reset");
          $stop;
        end
`endif
    end else begin : g_direct
      assign read = fetch_i;
      assign params_o = word;
    end
  endgenerate

endmodule
