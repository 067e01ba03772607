// prove: Pe=2 Width=1 AccBits=1 SumBits=1 DotBits=3 FactorBits=3 MulBits=2 ScaledBits=6 Clamp=1 Shift=1 Low=6'h00 High=6'h03 OutBits=2 ParamBits=8 ResBits=1 ResMulBits=2 | Pe=1 Width=1 Planes=2 Joined=1 AccBits=1 SumBits=1 DotBits=3 FactorBits=4 MulBits=2 ScaledBits=6 Clamp=0 OutBits=6 ParamBits=8 ResBits=1 ResSigned=1 ResMulBits=2
// bounded: 7
// holds: in
// holds: res
// gives: out
//
// With parameters that stay the same: every channel of every group leaves once, in order, with the exact y of it and of the
// next beat of the residual stream, of which none is lost.
  wire [Width*ParamBits-1:0] f_params = $anyconst;
  wire [ResMulBits-1:0] f_multiplier = $anyconst;
  always @* assume (params_i == f_params && res_multiplier_i == f_multiplier);
  wire signed [15:0] f_res_factor = $signed(f_multiplier);
  localparam integer FRoom = 5;
  localparam integer FOut = Width * OutBits;
  reg [FRoom*FOut-1:0] f_queue = 0;
  reg [7:0] f_count = 8'd0;
  wire f_push = beat_valid && beat_ready;
  wire f_pop = out_valid_o && out_ready_i;
  wire [FOut-1:0] f_y;
  genvar f_w;
  genvar f_q;
  generate
    for (f_w = 0; f_w < Width; f_w = f_w + 1) begin : f_lane
      wire [ParamBits-1:0] f_own = f_params >> (f_w * ParamBits);
      wire signed [ScaledBits-1:0] f_beta = f_own >> FactorsBits;
      wire [ResBits-1:0] f_r = res_data_i >> (f_w * ResBits);
      wire signed [15:0] f_element = $signed({(ResSigned != 0) && f_r[ResBits-1], f_r});
      always @* assume (f_beta < 8 && f_beta >= -8);
      for (f_q = 0; f_q < Planes; f_q = f_q + 1) begin : f_plane
        wire [AccBits-1:0] f_p = selected >> ((f_w * Planes + f_q) * AccBits);
        wire signed [MulBits-1:0] f_m = f_own >> ((Joined != 0) ? 0 : f_q * MulBits);
        wire signed [15:0] f_factor = f_m;
        wire signed [15:0] f_acc = 2 * f_p - sum;
        wire signed [15:0] f_z;
        if (f_q == 0) assign f_z = f_beta + f_res_factor * f_element + f_factor * f_acc;
        else assign f_z = f_plane[f_q-1].f_z + f_factor * f_acc * ((Joined != 0) ? (1 << f_q) : 1);
      end
      wire signed [15:0] f_z = f_plane[Planes-1].f_z;
      wire signed [15:0] f_shifted = f_z >>> Shift;
      wire signed [15:0] f_clamped = (Clamp == 0) ? f_z : (f_shifted < 0) ? 16'sd0 : (f_shifted > $signed({1'b0, High})) ? $signed({1'b0, High}) : f_shifted;
      assign f_y[f_w*OutBits+:OutBits] = f_clamped[OutBits-1:0];
    end
  endgenerate
  wire [FRoom*FOut-1:0] f_rest = f_pop ? f_queue >> FOut : f_queue;
  wire [7:0] f_left = f_count - f_pop;
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_count <= 0;
      f_queue <= 0;
    end else begin
      f_count <= f_left + f_push;
      f_queue <= f_push ? f_rest | (({{(FRoom * FOut) {1'b0}}} | f_y) << (f_left * FOut)) : f_rest;
    end
  always @*
    if (f_started) begin
      assert (f_push == (res_valid_i && res_ready_o));
      assert (f_count <= FRoom);
      if (out_valid_o) assert (f_count != 0 && out_data_o == f_queue[FOut-1:0]);
    end
