// Sum over the elements of a window, channel by channel; average pooling, whose 1/n is part of the scale behind it.
//
// Takes the elements of each window tap after tap, the channels of a tap in order (as flexor_window_serial with Simd 1
// gives them, padding as 0) and emits Channels sums with the last tap, Width channels a beat. A pool over whole images
// needs no window unit: the stream itself comes in that order.
// Example: Taps 64, Bits 8, SumBits 14 for the mean over 8x8 pixels. Not done here: windows, division.
// Registered paths: none; put a flexor_fifo behind.
module flexor_sum_pool #(
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Channels = 2,
  // Divides Channels.
  parameter integer Width = 1,
  parameter integer Taps = 4,
  // Holds Taps times every element.
  parameter integer SumBits = 10
) (
  input  wire                     clk_i,
  input  wire                     rst_ni,
  input  wire                     in_valid_i,
  output wire                     in_ready_o,
  input  wire [Width*Bits-1:0]    in_data_i,
  output wire                     out_valid_o,
  input  wire                     out_ready_i,
  output wire [Width*SumBits-1:0] out_data_o
);

  localparam integer Beats = Channels / Width;
  localparam integer BeatBits = (Beats <= 1) ? 1 : $clog2(Beats);
  localparam integer TapBits = (Taps <= 1) ? 1 : $clog2(Taps);
  localparam integer BeatLastI = Beats - 1;
  localparam integer TapLastI = Taps - 1;
  localparam [BeatBits-1:0] BeatLast = BeatLastI[BeatBits-1:0];
  localparam [TapBits-1:0] TapLast = TapLastI[TapBits-1:0];

  reg [Width*SumBits-1:0] sums [0:Beats-1];
  reg [BeatBits-1:0] beat_q;
  reg [TapBits-1:0] tap_q;
  wire last_tap = tap_q == TapLast;
  wire take = in_valid_i && in_ready_o;
  wire [Width*SumBits-1:0] old = sums[beat_q];
  wire [Width*SumBits-1:0] sum;

  genvar w;
  generate
    for (w = 0; w < Width; w = w + 1) begin : g_lane
      wire [SumBits-1:0] term;
      flexor_resize #(
        .InBits(Bits),
        .OutBits(SumBits),
        .Signed(Signed)
      ) u_resize (
        .in_i(in_data_i[w*Bits+:Bits]),
        .out_o(term)
      );
      // The first tap loads: it never adds to old contents.
      assign sum[w*SumBits+:SumBits] = ((tap_q == {TapBits{1'b0}}) ? {SumBits{1'b0}} : old[w*SumBits+:SumBits]) + term;
    end
  endgenerate

  assign in_ready_o = !last_tap || out_ready_i;
  assign out_valid_o = in_valid_i && last_tap;
  assign out_data_o = sum;

  always @(posedge clk_i) begin
    if (take) sums[beat_q] <= sum;
    if (!rst_ni) begin
      beat_q <= {BeatBits{1'b0}};
      tap_q <= {TapBits{1'b0}};
    end else if (take) begin
      beat_q <= (beat_q == BeatLast) ? {BeatBits{1'b0}} : beat_q + 1'b1;
      if (beat_q == BeatLast) tap_q <= last_tap ? {TapBits{1'b0}} : tap_q + 1'b1;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Channels % Width == 0)) begin
      $display("%m: error: flexor_sum_pool needs Width that divides Channels");
      $stop;
    end
    if (!(SumBits >= Bits)) begin
      $display("%m: error: flexor_sum_pool needs SumBits of at least Bits");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Width * SumBits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
