// Scales the finished channel groups of an engine, Width channels a cycle: y = clamp((z + 2^(Shift-1)) >> Shift, Low, High)
// with z = beta + sum over planes of multiplier * (2*selected - sum(a)).
//
// A group is shifted out, Width channels at a time, while the engine works on; each of them has a lane of its own
// (flexor_scaler). fetch_o asks for the parameters of the next beat's channels, which are wanted from the next cycle on. The
// rounding term is part of the stored beta. With Clamp = 0 (last layer) z itself goes out. With Joined = 1 plane i counts 2^i
// times plane 0, and all share one multiplier; with Joined = 2 the planes are the bits of integers (flexor_scaler).
// Example: Pe 16, Width 1: 16 results of a group in 16 cycles through one multiplier per plane; Width 2: in 8 through two.
// Not done here: the parameters (flexor_scale_rom, flexor_scale_ram), buffering of several groups (a flexor_fifo in front).
// Registered paths: 2P - sum(a), their joined sum, products (twice with ProductRegister = 1), z; the clamp is combinational into
// the stream behind.
module flexor_requantiser #(
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
  // Two's complement widths of 2P - sum(a), of what a multiplier takes (DotBits, where not joined), of a multiplier and
  // of z.
  parameter integer DotBits = 17,
  parameter integer FactorBits = 17,
  parameter integer MulBits = 16,
  // A stage more: products go through a second register.
  parameter integer ProductRegister = 0,
  parameter integer ScaledBits = 34,
  parameter integer Clamp = 1,
  parameter integer Shift = 8,
  parameter [ScaledBits-1:0] Low = 0,
  parameter [ScaledBits-1:0] High = 255,
  parameter integer OutBits = 8,
  // {beta, multiplier of the last plane, ..., multiplier of plane 0} of a channel; joined planes have one.
  parameter integer ParamBits = 50
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

  localparam integer Factors = (Joined != 0) ? 1 : Planes;
  localparam integer FactorsBits = Factors * MulBits;
  localparam integer Stages = ((Joined != 0) ? 4 : 3) + ((ProductRegister != 0) ? 1 : 0);

  wire beat_valid;
  wire beat_ready;
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
    .out_ready_i(beat_ready),
    .out_values_o(selected),
    .out_sum_o(sum)
  );

  assign beat_ready = en;

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

  // Read in the cycle before the multipliers want it.
  assign fetch_o = en && ((Joined != 0) ? stage_valid[0] : beat_valid);
  assign out_valid_o = stage_valid[Stages-1];

  genvar w;
  generate
    for (w = 0; w < Width; w = w + 1) begin : g_lane
      wire [ParamBits-1:0] params = params_i[w*ParamBits+:ParamBits];
      reg [ScaledBits-1:0] beta_q;

      always @(posedge clk_i) if (en) beta_q <= params[FactorsBits+:ScaledBits];

      // What is added to the products.
      wire [ScaledBits-1:0] addend;
      if (ProductRegister == 0) begin : g_straight
        assign addend = beta_q;
      end else begin : g_again
        reg [ScaledBits-1:0] addend_q;
        always @(posedge clk_i) if (en) addend_q <= beta_q;
        assign addend = addend_q;
      end

      flexor_scaler #(
        .Planes(Planes),
        .ActSigned(ActSigned),
        .AccBits(AccBits),
        .SumBits(SumBits),
        .Joined(Joined),
        .Dots(Dots),
        .Factors(Factors),
        .DotBits(DotBits),
        .FactorBits(FactorBits),
        .MulBits(MulBits),
        .ProductRegister(ProductRegister),
        .ScaledBits(ScaledBits),
        .Clamp(Clamp),
        .Shift(Shift),
        .Low(Low),
        .High(High),
        .OutBits(OutBits)
      ) u_scaler (
        .clk_i(clk_i),
        .en_i(en),
        .selected_i(selected[w*Planes*AccBits+:Planes*AccBits]),
        .sum_i(sum),
        .multipliers_i(params[FactorsBits-1:0]),
        .addend_i(addend),
        .out_data_o(out_data_o[w*OutBits+:OutBits])
      );
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(ParamBits == ScaledBits + Factors * MulBits)) begin
      $display("%m: error: flexor_requantiser needs ParamBits of beta and all multipliers");
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
