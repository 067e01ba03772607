// prove: Bits=2 Signed=1 Channels=2 Width=1 Taps=2 | Bits=2 Signed=0 Channels=2 Width=2 Taps=3
// bounded: 8
// holds: in
// gives: out
//
// The maximum over Taps elements, channel by channel, for every beat of the last tap; nothing leaves before.
  localparam integer FBeats = Channels / Width;
  reg [7:0] f_beat = 8'd0;
  reg [7:0] f_tap = 8'd0;
  reg [FBeats*Width*Bits-1:0] f_all = 0;
  wire f_take = in_valid_i && in_ready_o;
  genvar f_w;
  wire [Width*Bits-1:0] f_old = f_all >> (f_beat * Width * Bits);
  wire [Width*Bits-1:0] f_new;
  generate
    for (f_w = 0; f_w < Width; f_w = f_w + 1) begin : f_lane
      wire signed [Bits:0] f_in = $signed({(Signed != 0) && in_data_i[f_w*Bits+Bits-1], in_data_i[f_w*Bits+:Bits]});
      wire signed [Bits:0] f_was = $signed({(Signed != 0) && f_old[f_w*Bits+Bits-1], f_old[f_w*Bits+:Bits]});
      wire signed [Bits:0] f_is = (f_tap == 0) ? f_in : (f_in > f_was) ? f_in : f_was;
      assign f_new[f_w*Bits+:Bits] = f_is[Bits-1:0];
    end
  endgenerate
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_beat <= 0;
      f_tap <= 0;
    end else if (f_take) begin
      f_beat <= (f_beat == FBeats - 1) ? 0 : f_beat + 1'b1;
      if (f_beat == FBeats - 1) f_tap <= (f_tap == Taps - 1) ? 0 : f_tap + 1'b1;
      f_all <= (f_all & ~(({{(FBeats * Width * Bits - Width * Bits) {1'b0}}, {(Width * Bits) {1'b1}}}) << (f_beat * Width * Bits))) |
          (({{(FBeats * Width * Bits) {1'b0}}} + f_new) << (f_beat * Width * Bits));
    end
  always @*
    if (f_started) begin
      assert (out_valid_o == (in_valid_i && f_tap == Taps - 1));
      if (out_valid_o) assert (out_data_o == f_new);
      if (f_tap != Taps - 1) assert (in_ready_o);
    end
