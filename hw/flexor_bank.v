// Which of two banks a unit reads: the one in use until frame switch_i (its number modulo 2^FrameBits), then the other one.
//
// switch_i is {bank, frame}: from that frame on that bank. Units behind one another switch at different times, each with
// the same frame; one that waits for that frame switches at once. done_i says that the last part of a pixel is being read.
// bank_o holds for reads in the same cycle.
// Example: Pixels 784 for 28x28. Not done here: deciding when to switch, and that before the frame reaches any unit
// (flexor_loader). Registered paths: none into bank_o.
module flexor_bank #(
  parameter integer Pixels = 1,
  parameter integer FrameBits = 4
) (
  input  wire               clk_i,
  input  wire               rst_ni,
  input  wire               done_i,
  input  wire [FrameBits:0] switch_i,
  output wire               bank_o,
  output wire               settled_o
);

  localparam integer PixelBits = (Pixels <= 1) ? 1 : $clog2(Pixels);
  localparam integer PixelLastI = Pixels - 1;
  localparam [PixelBits-1:0] PixelLast = PixelLastI[PixelBits-1:0];

  reg bank_q;
  reg [PixelBits-1:0] pixel_q;
  reg [FrameBits-1:0] frame_q;
  wire due = frame_q == switch_i[FrameBits-1:0];

  assign bank_o = due ? switch_i[FrameBits] : bank_q;
  assign settled_o = bank_q == switch_i[FrameBits];

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      bank_q <= 1'b0;
      pixel_q <= {PixelBits{1'b0}};
      frame_q <= {FrameBits{1'b0}};
    end else begin
      bank_q <= bank_o;
      if (done_i) begin
        pixel_q <= (pixel_q == PixelLast) ? {PixelBits{1'b0}} : pixel_q + 1'b1;
        if (pixel_q == PixelLast) frame_q <= frame_q + 1'b1;
      end
    end
  end

endmodule
