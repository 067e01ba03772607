// Maximum over the elements of a window, channel by channel.
//
// Takes the elements of each window tap after tap, the channels of a tap in order (as flexor_window_serial with Simd 1
// gives them; padding must read as the lowest value) and emits Channels maxima with the last tap, Width channels a beat.
// Example: Taps 4 for a 2x2 pool. Not done here: windows. Registered paths: none; put a flexor_fifo behind.
module flexor_max_pool #(
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Channels = 2,
  // Divides Channels.
  parameter integer Width = 1,
  parameter integer Taps = 4
) (
  input  wire                  clk_i,
  input  wire                  rst_ni,
  input  wire                  in_valid_i,
  output wire                  in_ready_o,
  input  wire [Width*Bits-1:0] in_data_i,
  output wire                  out_valid_o,
  input  wire                  out_ready_i,
  output wire [Width*Bits-1:0] out_data_o
);

  localparam integer Beats = Channels / Width;
  localparam integer BeatBits = (Beats <= 1) ? 1 : $clog2(Beats);
  localparam integer TapBits = (Taps <= 1) ? 1 : $clog2(Taps);
  localparam integer BeatLastI = Beats - 1;
  localparam integer TapLastI = Taps - 1;
  localparam [BeatBits-1:0] BeatLast = BeatLastI[BeatBits-1:0];
  localparam [TapBits-1:0] TapLast = TapLastI[TapBits-1:0];

  reg [Width*Bits-1:0] best [0:Beats-1];
  reg [BeatBits-1:0] beat_q;
  reg [TapBits-1:0] tap_q;
  wire last_tap = tap_q == TapLast;
  wire take = in_valid_i && in_ready_o;
  wire [Width*Bits-1:0] old = best[beat_q];
  wire [Width*Bits-1:0] max;

  genvar w;
  generate
    for (w = 0; w < Width; w = w + 1) begin : g_lane
      wire [Bits-1:0] element = in_data_i[w*Bits+:Bits];
      wire [Bits-1:0] previous = old[w*Bits+:Bits];
      // A leading 1 for numbers that are not negative makes two's complement order the order of unsigned numbers.
      wire new_positive = (Signed == 0) || !element[Bits-1];
      wire old_positive = (Signed == 0) || !previous[Bits-1];
      wire larger = {new_positive, element} > {old_positive, previous};
      assign max[w*Bits+:Bits] = (tap_q == {TapBits{1'b0}} || larger) ? element : previous;
    end
  endgenerate

  assign in_ready_o = !last_tap || out_ready_i;
  assign out_valid_o = in_valid_i && last_tap;
  assign out_data_o = max;

  always @(posedge clk_i) begin
    if (take) best[beat_q] <= max;
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
      $display("%m: error: flexor_max_pool needs Width that divides Channels");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Width * Bits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
