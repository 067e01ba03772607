// Sum over the elements of a window, channel by channel; average pooling, whose 1/n is part of the scale behind it.
//
// Takes the elements of each window tap after tap, the channels of a tap in order (as flexor_window_serial with Simd 1
// gives them, padding as 0) and emits Channels sums with the last tap. A pool over whole images needs no window unit: the
// stream itself comes in that order.
// Example: Taps 64, Bits 8, SumBits 14 for the mean over 8x8 pixels. Not done here: windows, division.
// Registered paths: none; put a flexor_fifo behind.
module flexor_sum_pool #(
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Channels = 2,
  parameter integer Taps = 4,
  // Holds Taps times every element.
  parameter integer SumBits = 10
) (
  input  wire               clk_i,
  input  wire               rst_ni,
  input  wire               in_valid_i,
  output wire               in_ready_o,
  input  wire [Bits-1:0]    in_data_i,
  output wire               out_valid_o,
  input  wire               out_ready_i,
  output wire [SumBits-1:0] out_data_o
);

  localparam integer ChBits = (Channels <= 1) ? 1 : $clog2(Channels);
  localparam integer TapBits = (Taps <= 1) ? 1 : $clog2(Taps);
  localparam integer ChLastI = Channels - 1;
  localparam integer TapLastI = Taps - 1;
  localparam [ChBits-1:0] ChLast = ChLastI[ChBits-1:0];
  localparam [TapBits-1:0] TapLast = TapLastI[TapBits-1:0];

  reg [SumBits-1:0] sums [0:Channels-1];
  reg [ChBits-1:0] ch_q;
  reg [TapBits-1:0] tap_q;
  wire last_tap = tap_q == TapLast;
  wire take = in_valid_i && in_ready_o;
  wire [SumBits-1:0] term;
  // The first tap loads: it never adds to old contents.
  wire [SumBits-1:0] sum = ((tap_q == {TapBits{1'b0}}) ? {SumBits{1'b0}} : sums[ch_q]) + term;

  flexor_resize #(
    .InBits(Bits),
    .OutBits(SumBits),
    .Signed(Signed)
  ) u_resize (
    .in_i(in_data_i),
    .out_o(term)
  );

  assign in_ready_o = !last_tap || out_ready_i;
  assign out_valid_o = in_valid_i && last_tap;
  assign out_data_o = sum;

  always @(posedge clk_i) begin
    if (take) sums[ch_q] <= sum;
    if (!rst_ni) begin
      ch_q <= {ChBits{1'b0}};
      tap_q <= {TapBits{1'b0}};
    end else if (take) begin
      ch_q <= (ch_q == ChLast) ? {ChBits{1'b0}} : ch_q + 1'b1;
      if (ch_q == ChLast) tap_q <= last_tap ? {TapBits{1'b0}} : tap_q + 1'b1;
    end
  end

endmodule
