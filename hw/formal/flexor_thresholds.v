// prove: Pe=2 Width=1 AccBits=2 SumBits=2 DotBits=4 FactorBits=4 ThresholdBits=4 OutBits=2 Falls=1 ParamBits=13 | Pe=2 Width=2 AccBits=1 SumBits=1 DotBits=3 FactorBits=3 ThresholdBits=4 OutBits=1 ParamBits=4 | Pe=1 Width=1 Planes=2 Joined=1 AccBits=1 SumBits=1 DotBits=3 FactorBits=5 ThresholdBits=5 OutBits=2 OutSigned=1 ParamBits=15
// bounded: 7
// holds: in
// gives: out
//
// With thresholds that stay the same and do not fall from one to the next: every channel of every group leaves once, in
// order, and y counts the thresholds that its x has reached. (That each channel gets its own thresholds is proven of
// flexor_scale_rom, and tested.)
  wire [Width*ParamBits-1:0] f_params = $anyconst;
  always @* assume (params_i == f_params);
  localparam integer FRoom = 6;
  localparam integer FOut = Width * OutBits;
  localparam integer FSteps = (1 << OutBits) - 1;
  reg [FRoom*FOut-1:0] f_queue = 0;
  reg [7:0] f_count = 8'd0;
  wire f_push = beat_valid && en;
  wire f_pop = out_valid_o && out_ready_i;
  wire [FOut-1:0] f_y;
  genvar f_w;
  genvar f_q;
  genvar f_k;
  generate
    for (f_w = 0; f_w < Width; f_w = f_w + 1) begin : f_lane
      wire [ParamBits-1:0] f_own = f_params >> (f_w * ParamBits);
      for (f_q = 0; f_q < Planes; f_q = f_q + 1) begin : f_plane
        wire [AccBits-1:0] f_p = selected >> ((f_w * Planes + f_q) * AccBits);
        wire signed [15:0] f_x;
        if (f_q == 0) assign f_x = 2 * f_p - sum;
        else assign f_x = f_plane[f_q-1].f_x + ((2 * f_p - sum) << f_q);
      end
      wire signed [15:0] f_x = f_plane[Planes-1].f_x;
      for (f_k = 0; f_k < FSteps; f_k = f_k + 1) begin : f_step
        wire signed [ThresholdBits-1:0] f_at = f_own >> (f_k * ThresholdBits);
        wire signed [15:0] f_wide = f_at;
        wire [OutBits-1:0] f_reached;
        if (f_k == 0) assign f_reached = f_x >= f_wide;
        else begin
          assign f_reached = f_step[f_k-1].f_reached + (f_x >= f_wide);
          always @* assume (f_wide >= f_step[f_k-1].f_wide);
        end
      end
      wire f_falls = (Falls != 0) && f_own[ParamBits-1];
      wire [OutBits-1:0] f_rising = f_step[FSteps-1].f_reached;
      wire [OutBits-1:0] f_counted = f_falls ? FSteps - f_rising : f_rising;
      assign f_y[f_w*OutBits+:OutBits] = (OutSigned != 0) ? f_counted + (1 << (OutBits - 1)) : f_counted;
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
      assert (f_count <= FRoom);
      if (out_valid_o) assert (f_count != 0 && out_data_o == f_queue[FOut-1:0]);
    end
