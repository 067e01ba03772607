// prove: Bits=2 Signed=1 Channels=2 Width=1 Taps=2 SumBits=3 | Bits=2 Signed=0 Channels=2 Width=2 Taps=3 SumBits=4
// bounded: 8
// holds: in
// gives: out
//
// The exact sum over Taps elements, channel by channel, for every beat of the last tap; nothing leaves before.
  localparam integer FBeats = Channels / Width;
  reg [7:0] f_beat = 8'd0;
  reg [7:0] f_tap = 8'd0;
  reg [8*Channels-1:0] f_all = 0;
  wire f_take = in_valid_i && in_ready_o;
  wire [8*Width-1:0] f_old = f_all >> (8 * f_beat * Width);
  wire [8*Width-1:0] f_new;
  genvar f_w;
  generate
    for (f_w = 0; f_w < Width; f_w = f_w + 1) begin : f_lane
      wire [Bits-1:0] f_in = in_data_i[f_w*Bits+:Bits];
      assign f_new[8*f_w+:8] = ((f_tap == 0) ? 8'd0 : f_old[8*f_w+:8]) + {{(8 - Bits) {(Signed != 0) && f_in[Bits-1]}}, f_in};
      always @*
        if (f_started && out_valid_o)
          assert ({{(8 - SumBits) {(Signed != 0) && out_data_o[f_w*SumBits+SumBits-1]}}, out_data_o[f_w*SumBits+:SumBits]} == f_new[8*f_w+:8]);
    end
  endgenerate
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_beat <= 0;
      f_tap <= 0;
    end else if (f_take) begin
      f_beat <= (f_beat == FBeats - 1) ? 0 : f_beat + 1'b1;
      if (f_beat == FBeats - 1) f_tap <= (f_tap == Taps - 1) ? 0 : f_tap + 1'b1;
      f_all <= (f_all & ~(({{(8 * Channels) {1'b0}}} | {(8 * Width) {1'b1}}) << (8 * f_beat * Width))) |
          (({{(8 * Channels) {1'b0}}} | f_new) << (8 * f_beat * Width));
    end
  always @*
    if (f_started) begin
      assert (out_valid_o == (in_valid_i && f_tap == Taps - 1));
      if (f_tap != Taps - 1) assert (in_ready_o);
    end
