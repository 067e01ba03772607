// prove: Planes=1 AccBits=2 SumBits=2 DotBits=4 FactorBits=4 MulBits=2 ScaledBits=8 Shift=2 Low=8'h00 High=8'h03 OutBits=2 | Planes=2 Joined=1 Factors=1 AccBits=1 SumBits=1 DotBits=3 FactorBits=5 MulBits=2 ScaledBits=8 Shift=1 Low=8'hfe High=8'h01 OutBits=2 | Planes=2 Joined=2 Factors=1 AccBits=2 SumBits=2 DotBits=3 FactorBits=5 MulBits=2 ScaledBits=8 Clamp=0 OutBits=8 | Planes=2 Factors=2 ActSigned=1 AccBits=1 SumBits=2 DotBits=3 FactorBits=3 MulBits=2 ScaledBits=8 Shift=0 Low=8'hff High=8'h01 OutBits=2 | Planes=1 AccBits=2 SumBits=2 DotBits=4 FactorBits=4 MulBits=2 ProductRegister=1 ScaledBits=8 Shift=2 Low=8'h00 High=8'h03 OutBits=2
// bounded: 6
//
// The exact y of what came in FMoves moves ago, its multipliers a move later (two with Joined), its addend another one later (two
// with ProductRegister).
  localparam integer FMoves = ((Joined != 0) ? 4 : 3) + ((ProductRegister != 0) ? 1 : 0);
  reg [7:0] f_moves = 8'd0;
  reg [FMoves*Planes*AccBits-1:0] f_selected;
  reg [FMoves*SumBits-1:0] f_sums;
  reg [3*Factors*MulBits-1:0] f_multipliers;
  reg [ScaledBits-1:0] f_addend;
  always @(posedge clk_i)
    if (en_i) begin
      f_selected <= {f_selected, selected_i};
      f_sums <= {f_sums, sum_i};
      f_multipliers <= {f_multipliers, multipliers_i};
      f_addend <= addend_i;
      if (f_moves < FMoves) f_moves <= f_moves + 1'b1;
    end
  // z stays within its width.
  always @* assume ($signed(addend_i) < 64 && $signed(addend_i) >= -64);
  wire [Planes*AccBits-1:0] f_then = f_selected >> ((FMoves - 1) * Planes * AccBits);
  wire [SumBits-1:0] f_sum = f_sums >> ((FMoves - 1) * SumBits);
  wire [Factors*MulBits-1:0] f_factors = f_multipliers >> (((ProductRegister != 0) ? 2 : 1) * Factors * MulBits);
  wire signed [15:0] f_total = $signed({(ActSigned != 0) && f_sum[SumBits-1], f_sum});
  genvar f_q;
  generate
    for (f_q = 0; f_q < Planes; f_q = f_q + 1) begin : f_plane
      wire [AccBits-1:0] f_own = f_then >> (f_q * AccBits);
      wire signed [15:0] f_p = $signed({(ActSigned != 0) && f_own[AccBits-1], f_own});
      wire signed [15:0] f_acc = (Joined == 2) ? f_p : 2 * f_p - f_total;
      wire signed [15:0] f_count = (Joined == 2 && f_q == Planes - 1) ? -(1 << f_q) : (Joined != 0) ? (1 << f_q) : 1;
      wire [MulBits-1:0] f_bits = f_factors >> ((Joined != 0) ? 0 : f_q * MulBits);
      wire signed [15:0] f_m = $signed(f_bits);
      wire signed [15:0] f_z;
      if (f_q == 0) assign f_z = $signed(f_addend) + f_m * f_count * f_acc;
      else assign f_z = f_plane[f_q-1].f_z + f_m * f_count * f_acc;
    end
  endgenerate
  wire signed [15:0] f_z = f_plane[Planes-1].f_z;
  wire signed [15:0] f_shifted = f_z >>> Shift;
  wire signed [ScaledBits-1:0] f_lowest = Low;
  wire signed [ScaledBits-1:0] f_highest = High;
  wire signed [15:0] f_low = f_lowest;
  wire signed [15:0] f_high = f_highest;
  wire signed [15:0] f_y = (Clamp == 0) ? f_z : (f_shifted < f_low) ? f_low : (f_shifted > f_high) ? f_high : f_shifted;
  always @* if (f_moves == FMoves) assert (out_data_o == f_y[OutBits-1:0]);
