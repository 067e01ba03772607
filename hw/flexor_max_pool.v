// Maximum over the elements of a window, channel by channel.
//
// Takes the elements of each window tap after tap, the channels of a tap in order (as flexor_window_serial with Simd 1
// gives them; padding must read as the lowest value) and emits Channels maxima with the last tap.
// Example: Taps 4 for a 2x2 pool. Not done here: windows. Registered paths: none; put a flexor_fifo behind.
module flexor_max_pool #(
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Channels = 2,
  parameter integer Taps = 4
) (
  input  wire            clk_i,
  input  wire            rst_ni,
  input  wire            in_valid_i,
  output wire            in_ready_o,
  input  wire [Bits-1:0] in_data_i,
  output wire            out_valid_o,
  input  wire            out_ready_i,
  output wire [Bits-1:0] out_data_o
);

  localparam integer ChBits = (Channels <= 1) ? 1 : $clog2(Channels);
  localparam integer TapBits = (Taps <= 1) ? 1 : $clog2(Taps);
  localparam integer ChLastI = Channels - 1;
  localparam integer TapLastI = Taps - 1;
  localparam [ChBits-1:0] ChLast = ChLastI[ChBits-1:0];
  localparam [TapBits-1:0] TapLast = TapLastI[TapBits-1:0];

  reg [Bits-1:0] best [0:Channels-1];
  reg [ChBits-1:0] ch_q;
  reg [TapBits-1:0] tap_q;
  wire last_tap = tap_q == TapLast;
  wire take = in_valid_i && in_ready_o;
  wire [Bits-1:0] old = best[ch_q];
  // A leading 1 for numbers that are not negative makes two's complement order the order of unsigned numbers.
  wire new_positive = (Signed == 0) || !in_data_i[Bits-1];
  wire old_positive = (Signed == 0) || !old[Bits-1];
  wire larger = {new_positive, in_data_i} > {old_positive, old};
  wire [Bits-1:0] max = (tap_q == {TapBits{1'b0}} || larger) ? in_data_i : old;

  assign in_ready_o = !last_tap || out_ready_i;
  assign out_valid_o = in_valid_i && last_tap;
  assign out_data_o = max;

  always @(posedge clk_i) begin
    if (take) best[ch_q] <= max;
    if (!rst_ni) begin
      ch_q <= {ChBits{1'b0}};
      tap_q <= {TapBits{1'b0}};
    end else if (take) begin
      ch_q <= (ch_q == ChLast) ? {ChBits{1'b0}} : ch_q + 1'b1;
      if (ch_q == ChLast) tap_q <= last_tap ? {TapBits{1'b0}} : tap_q + 1'b1;
    end
  end

endmodule
