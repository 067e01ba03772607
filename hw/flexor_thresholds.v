// Turns the finished channel groups of an engine into numbers of few bits by comparisons alone, Width channels a cycle:
// y is how many of its channel's 2^OutBits - 1 thresholds x has reached, with x = 2*selected - sum(a).
//
// In place of flexor_requantiser where the output has few bits: no multiplier. A group is shifted out, Width channels at a
// time; each has a lane of its own that searches its thresholds in halves, one comparison a stage: first the middle one,
// then the middle one of the half that is left. Thresholds do not fall from one to the next; equal ones are steps of more
// than one. Of a channel whose falling bit is set y counts down from all ones. With OutSigned = 1 y counts from the lowest
// number. fetch_o asks for the thresholds of the next beat's channels, which are wanted from the next cycle on. With
// Joined = 1 plane i counts 2^i times plane 0; with Joined = 2 the planes are the bits of integers, as in flexor_scaler.
// Example: OutBits 1: one comparison, y = x >= T; OutBits 2: two, with the second of three thresholds and then with the
// first or the third one; a result a cycle and lane in both.
// Not done here: the thresholds (flexor_scale_rom), buffering of several groups (a flexor_fifo in front).
// Registered paths: 2P - sum(a), the joined sum, each comparison with the thresholds that it leaves; y leaves through one XOR.
module flexor_thresholds #(
  parameter integer Pe = 1,
  // Up to Pe; where it does not divide that the last beat of a group holds the rest (flexor_group_shift).
  parameter integer Width = 1,
  parameter integer Planes = 1,
  parameter integer ActSigned = 0,
  parameter integer AccBits = 16,
  parameter integer SumBits = 16,
  parameter integer Joined = 0,
  // The values are sums of b*a already, two's complement, and the sum 0; planes are not the bits of integers then.
  parameter integer Dots = 0,
  // Two's complement widths of 2P - sum(a), of x (DotBits, where not joined) and of a threshold, which is no narrower.
  parameter integer DotBits = 17,
  parameter integer FactorBits = 17,
  parameter integer ThresholdBits = 17,
  parameter integer OutBits = 2,
  parameter integer OutSigned = 0,
  // There are channels that fall: their words say so.
  parameter integer Falls = 0,
  // {falling bit where Falls is 1, highest threshold, ..., lowest one} of a channel.
  parameter integer ParamBits = 51
) (
  input  wire                                 clk_i,
  input  wire                                 rst_ni,
  input  wire                                 in_valid_i,
  output wire                                 in_ready_o,
  input  wire [SumBits+Planes*Pe*AccBits-1:0] in_data_i,
  output wire                                 out_valid_o,
  input  wire                                 out_ready_i,
  output wire [Width*OutBits-1:0]             out_data_o,
  output wire                                 fetch_o,
  input  wire [Width*ParamBits-1:0]           params_i
);

  // Stages in front of the comparisons.
  localparam integer Before = (Joined != 0) ? 2 : 1;
  localparam integer Stages = Before + OutBits;
  localparam integer WideBits = ((AccBits + 1 > SumBits) ? AccBits + 1 : SumBits) + 1;
  localparam integer LowestI = (OutSigned != 0) ? (1 << (OutBits - 1)) : 0;
  localparam [OutBits-1:0] Lowest = LowestI[OutBits-1:0];

  wire beat_valid;
  wire [Width*Planes*AccBits-1:0] selected;
  wire [SumBits-1:0] sum;
  wire [Stages-1:0] stage_valid;
  wire en;

  flexor_group_shift #(
    .Pe(Pe),
    .Width(Width),
    .Planes(Planes),
    .Bits(AccBits),
    .SumBits(SumBits)
  ) u_shift (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i(in_data_i),
    .out_valid_o(beat_valid),
    .out_ready_i(en),
    .out_values_o(selected),
    .out_sum_o(sum)
  );

  flexor_stages #(
    .Stages(Stages)
  ) u_stages (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(beat_valid),
    .en_o(en),
    .valid_o(stage_valid),
    .out_ready_i(out_ready_i)
  );

  // Read in the cycle before the first comparison.
  assign fetch_o = en && ((Joined != 0) ? stage_valid[0] : beat_valid);
  assign out_valid_o = stage_valid[Stages-1];

  wire sum_sign = (ActSigned != 0) && sum[SumBits-1];
  wire [WideBits-1:0] sum_wide = {{(WideBits - SumBits) {sum_sign}}, sum};
  wire unused_sum = ^sum_wide;

  genvar w, q, k;
  generate
    for (w = 0; w < Width; w = w + 1) begin : g_lane
      // 2P - sum(a) of every plane, or P where planes are the bits of integers.
      for (q = 0; q < Planes; q = q + 1) begin : g_plane
        wire [AccBits-1:0] own = selected[(w*Planes+q)*AccBits+:AccBits];
        wire own_sign = (ActSigned != 0 || Dots != 0) && own[AccBits-1];
        wire [WideBits-1:0] dot;
        reg [DotBits-1:0] dot_q;
        if (Joined == 2 || Dots != 0) begin : g_bit
          assign dot = {{(WideBits - AccBits) {own_sign}}, own};
        end else begin : g_sign
          assign dot = {{(WideBits - AccBits - 1) {own_sign}}, own, 1'b0} - sum_wide;
        end
        if (WideBits > DotBits) begin : g_unused
          wire unused_dot = ^dot[WideBits-1:DotBits];
        end
        always @(posedge clk_i) if (en) dot_q <= dot[DotBits-1:0];
        // Plane by plane, the top one of integers negative.
        wire [FactorBits-1:0] wide;
        wire [FactorBits-1:0] total;
        flexor_resize #(
          .InBits(DotBits),
          .OutBits(FactorBits),
          .Signed(1)
        ) u_resize (
          .in_i(dot_q),
          .out_o(wide)
        );
        if (q == 0) begin : g_first
          assign total = wide;
        end else if (Joined == 2 && q == Planes - 1) begin : g_top
          assign total = g_plane[q-1].total - (wide << q);
        end else begin : g_next
          assign total = g_plane[q-1].total + (wide << q);
        end
      end

      wire [FactorBits-1:0] x;
      if (Joined != 0) begin : g_joined
        reg [FactorBits-1:0] total_q;
        always @(posedge clk_i) if (en) total_q <= g_plane[Planes-1].total;
        assign x = total_q;
      end else begin : g_alone
        assign x = g_plane[0].total;
      end

      // Level k has found the k upper bits of the result and holds the 2^(OutBits-k) - 1 thresholds that are left.
      for (k = 0; k < OutBits; k = k + 1) begin : g_level
        localparam integer PlaceI = 1 << (OutBits - 1 - k);
        localparam [OutBits-1:0] Place = PlaceI[OutBits-1:0];
        localparam integer Half = PlaceI - 1;
        localparam integer Held = (2 * Half + 1) * ThresholdBits;
        wire [ThresholdBits-1:0] value;
        wire [Held-1:0] thresholds;
        wire falling;
        wire [OutBits-1:0] found;
        reg [OutBits-1:0] found_q;
        wire signed [ThresholdBits-1:0] own = value;
        wire signed [ThresholdBits-1:0] middle = thresholds[Half*ThresholdBits+:ThresholdBits];
        wire reached = own >= middle;
        if (k == 0) begin : g_first
          flexor_resize #(
            .InBits(FactorBits),
            .OutBits(ThresholdBits),
            .Signed(1)
          ) u_resize (
            .in_i(x),
            .out_o(value)
          );
          assign thresholds = params_i[w*ParamBits+:Held];
          assign falling = (Falls != 0) && params_i[(w+1)*ParamBits-1];
          assign found = {OutBits{1'b0}};
        end else begin : g_next
          assign value = g_level[k-1].g_left.value_q;
          assign thresholds = g_level[k-1].g_left.thresholds_q;
          assign falling = g_level[k-1].g_left.falling_q;
          assign found = g_level[k-1].found_q;
        end
        always @(posedge clk_i) if (en) found_q <= found | ({OutBits{reached ^ falling}} & Place);
        if (Half > 0) begin : g_left
          reg [ThresholdBits-1:0] value_q;
          reg [Half*ThresholdBits-1:0] thresholds_q;
          reg falling_q;
          always @(posedge clk_i)
            if (en) begin
              value_q <= value;
              thresholds_q <= reached ? thresholds[(Half+1)*ThresholdBits+:Half*ThresholdBits]
                                      : thresholds[0+:Half*ThresholdBits];
              falling_q <= falling;
            end
        end
      end

      assign out_data_o[w*OutBits+:OutBits] = g_level[OutBits-1].found_q ^ Lowest;
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(ParamBits == ((1 << OutBits) - 1) * ThresholdBits + ((Falls != 0) ? 1 : 0))) begin
      $display("%m: error: flexor_thresholds needs ParamBits of all thresholds of a channel");
      $stop;
    end
    if (!(ThresholdBits >= FactorBits && (Joined != 0 || (Planes == 1 && FactorBits == DotBits)))) begin
      $display("%m: error: flexor_thresholds needs one number a channel, no wider than its thresholds");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Width * OutBits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
