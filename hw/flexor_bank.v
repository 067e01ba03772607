// Which of two banks a unit reads: the one in use until frame switch_i (its number modulo 2^FrameBits), then the other one.
//
// switch_i is {bank, frame}: from that frame on that bank. Units behind one another switch at different times, each with
// the same frame; one that waits for that frame switches at once. done_i says that the last part of a pixel is being read.
// bank_o holds for that pixel's reads in the same cycle, next_o for reads ahead of what follows done_i; late_o says that
// what was read ahead for a frame that has not begun came from the other bank.
// Example: Pixels 784 for 28x28. Not done here: deciding when to switch, and that before the frame reaches any unit
// (flexor_loader). Registered paths: none into bank_o, next_o and late_o.
module flexor_bank #(
  parameter integer Pixels = 1,
  parameter integer FrameBits = 4
) (
  input  wire               clk_i,
  input  wire               rst_ni,
  input  wire               done_i,
  input  wire [FrameBits:0] switch_i,
  output wire               bank_o,
  output wire               next_o,
  output wire               late_o,
  output wire               settled_o
);

  localparam integer PixelBits = (Pixels <= 1) ? 1 : $clog2(Pixels);
  localparam integer PixelLastI = Pixels - 1;
  localparam [PixelBits-1:0] PixelLast = PixelLastI[PixelBits-1:0];

  reg bank_q;
  reg [PixelBits-1:0] pixel_q;
  reg [FrameBits-1:0] frame_q;
  wire frame_end = done_i && pixel_q == PixelLast;
  wire [FrameBits-1:0] frame = frame_q + {{(FrameBits - 1) {1'b0}}, frame_end};

  assign bank_o = (frame_q == switch_i[FrameBits-1:0]) ? switch_i[FrameBits] : bank_q;
  assign next_o = (frame == switch_i[FrameBits-1:0]) ? switch_i[FrameBits] : bank_q;
  assign late_o = !frame_end && next_o != bank_q;
  assign settled_o = bank_q == switch_i[FrameBits];

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      bank_q <= 1'b0;
      pixel_q <= {PixelBits{1'b0}};
      frame_q <= {FrameBits{1'b0}};
    end else begin
      bank_q <= next_o;
      frame_q <= frame;
      if (done_i) pixel_q <= (pixel_q == PixelLast) ? {PixelBits{1'b0}} : pixel_q + 1'b1;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Pixels >= 1 && FrameBits >= 2)) begin
      $display("%m: error: flexor_bank needs Pixels at least 1, FrameBits at least 2");
      $stop;
    end
  end
`endif

endmodule
