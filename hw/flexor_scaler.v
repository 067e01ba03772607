// One lane of a requantiser: takes a channel's selected sums a cycle, y = clamp((z + 2^(Shift-1)) >> Shift, Low, High) with
// z = addend + sum over planes of multiplier * (2*selected - sum(a)).
//
// The rounding term is part of the addend. With Clamp = 0 (last layer) z itself goes out. With Joined = 1 plane i counts 2^i
// times plane 0, and all share one multiplier. With Joined = 2 the planes are the bits of integers in two's complement: what
// plane i selected counts 2^i, the last one -2^i, and sum(a) counts nothing.
// Example: Planes 1: y three moves of en_i behind selected_i; multipliers_i is wanted one move behind it, addend_i two (one
// more each with Joined = 1 or 2; addend_i and y another one with ProductRegister = 1).
// Not done here: which channel it is, its parameters, valid bits (flexor_requantiser).
// Registered paths: 2P - sum(a), their joined sum, products (twice with ProductRegister = 1), z; the clamp is combinational.
module flexor_scaler #(
  parameter integer Planes = 1,
  parameter integer ActSigned = 0,
  parameter integer AccBits = 16,
  parameter integer SumBits = 16,
  parameter integer Joined = 0,
  // The values are sums of b*a already, two's complement, and the sum 0; planes are not the bits of integers then.
  parameter integer Dots = 0,
  // Multipliers: Planes, or 1 where they are joined.
  parameter integer Factors = 1,
  parameter integer DotBits = 17,
  parameter integer FactorBits = 17,
  parameter integer MulBits = 16,
  // A second register behind the products.
  parameter integer ProductRegister = 0,
  parameter integer ScaledBits = 34,
  parameter integer Clamp = 1,
  parameter integer Shift = 8,
  parameter [ScaledBits-1:0] Low = 0,
  parameter [ScaledBits-1:0] High = 255,
  parameter integer OutBits = 8
) (
  input  wire                       clk_i,
  // Moves every stage on.
  input  wire                       en_i,
  // Plane q at [q*AccBits +: AccBits].
  input  wire [Planes*AccBits-1:0]  selected_i,
  input  wire [SumBits-1:0]         sum_i,
  // Plane q at [q*MulBits +: MulBits]; joined planes have one.
  input  wire [Factors*MulBits-1:0] multipliers_i,
  input  wire [ScaledBits-1:0]      addend_i,
  output wire [OutBits-1:0]         out_data_o
);

  localparam integer WideBits = ((AccBits + 1 > SumBits) ? AccBits + 1 : SumBits) + 1;
  localparam integer ProductBits = FactorBits + MulBits;
  localparam integer WideProduct = ((ProductBits > ScaledBits) ? ProductBits : ScaledBits) + 1;

  // 2P - sum(a) of every plane.
  wire sum_sign = (ActSigned != 0) && sum_i[SumBits-1];
  wire [WideBits-1:0] sum_wide = {{(WideBits - SumBits) {sum_sign}}, sum_i};
  wire unused_sum = ^sum_wide;

  genvar q;
  generate
    for (q = 0; q < Planes; q = q + 1) begin : g_plane
      reg [DotBits-1:0] dot1_q;
      wire [AccBits-1:0] selected = selected_i[q*AccBits+:AccBits];
      wire acc_sign = (ActSigned != 0 || Dots != 0) && selected[AccBits-1];
      wire [WideBits-1:0] dot;

      if (Joined == 2 || Dots != 0) begin : g_bit
        assign dot = {{(WideBits - AccBits) {acc_sign}}, selected};
      end else begin : g_sign
        wire [WideBits-1:0] twice = {{(WideBits - AccBits - 1) {acc_sign}}, selected, 1'b0};
        assign dot = twice - sum_wide;
      end

      if (WideBits > DotBits) begin : g_unused
        wire unused_dot = ^dot[WideBits-1:DotBits];
      end

      always @(posedge clk_i) if (en_i) dot1_q <= dot[DotBits-1:0];
    end
  endgenerate

  // What the multipliers take: each plane, or all of them joined by shift and add one stage later.
  wire [Factors*FactorBits-1:0] factors;

  generate
    if (Joined != 0) begin : g_joined
      reg [FactorBits-1:0] factor_q;
      for (q = 0; q < Planes; q = q + 1) begin : g_term
        wire [FactorBits-1:0] wide;
        wire [FactorBits-1:0] total;
        flexor_resize #(
          .InBits(DotBits),
          .OutBits(FactorBits),
          .Signed(1)
        ) u_resize (
          .in_i(g_plane[q].dot1_q),
          .out_o(wide)
        );
        if (q == 0) begin : g_first
          assign total = wide;
        end else if (Joined == 2 && q == Planes - 1) begin : g_top
          assign total = g_term[q-1].total - (wide << q);
        end else begin : g_next
          assign total = g_term[q-1].total + (wide << q);
        end
      end
      always @(posedge clk_i) if (en_i) factor_q <= g_term[Planes-1].total;
      assign factors = factor_q;
    end else begin : g_separate
      for (q = 0; q < Planes; q = q + 1) begin : g_factor
        assign factors[q*FactorBits+:FactorBits] = g_plane[q].dot1_q;
      end
    end
  endgenerate

  // Products; z chains through them.
  reg [ScaledBits-1:0] z3_q;
  wire [ScaledBits-1:0] z2;

  always @(posedge clk_i) if (en_i) z3_q <= z2;

  generate
    for (q = 0; q < Factors; q = q + 1) begin : g_factor
      wire signed [FactorBits-1:0] factor = factors[q*FactorBits+:FactorBits];
      wire signed [MulBits-1:0] multiplier = multipliers_i[q*MulBits+:MulBits];
      reg signed [ProductBits-1:0] product2_q;
      wire signed [ProductBits-1:0] product2;
      wire [ScaledBits-1:0] total;

      always @(posedge clk_i) if (en_i) product2_q <= factor * multiplier;
      if (ProductRegister == 0) begin : g_straight
        assign product2 = product2_q;
      end else begin : g_again
        reg signed [ProductBits-1:0] again_q;
        always @(posedge clk_i) if (en_i) again_q <= product2_q;
        assign product2 = again_q;
      end

      // The product fits ScaledBits by interval analysis, whichever of the two is wider.
      wire [WideProduct-1:0] product =
          {{(WideProduct - ProductBits) {product2[ProductBits-1]}}, product2};
      wire unused_product = ^product[WideProduct-1:ScaledBits];
      if (q == 0) begin : g_first
        assign total = addend_i + product[ScaledBits-1:0];
      end else begin : g_next
        assign total = g_factor[q-1].total + product[ScaledBits-1:0];
      end
    end
  endgenerate

  assign z2 = g_factor[Factors-1].total;

  generate
    if (Clamp != 0) begin : g_clamp
      wire signed [ScaledBits-1:0] z = z3_q;
      wire signed [ScaledBits-1:0] shifted = z >>> Shift;
      wire signed [ScaledBits-1:0] low = Low;
      wire signed [ScaledBits-1:0] high = High;
      wire signed [ScaledBits-1:0] y = (shifted < low) ? low : (shifted > high) ? high : shifted;
      assign out_data_o = y[OutBits-1:0];
      if (ScaledBits > OutBits) begin : g_unused
        wire unused_y = ^y[ScaledBits-1:OutBits];
      end
    end else begin : g_plain
      assign out_data_o = z3_q[OutBits-1:0];
      if (ScaledBits > OutBits) begin : g_unused
        wire unused_z = ^z3_q[ScaledBits-1:OutBits];
      end
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(Factors == ((Joined != 0) ? 1 : Planes))) begin
      $display("%m: error: flexor_scaler needs Factors of 1 for joined planes, else one a plane");
      $stop;
    end
  end
`endif

endmodule
