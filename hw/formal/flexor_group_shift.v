// prove: Pe=1 Bits=2 SumBits=2 | Pe=5 Width=2 Bits=1 SumBits=1 | Pe=4 Width=2 Bits=2 SumBits=1 | Pe=3 Planes=2 Bits=1 SumBits=2 | Pe=4 Width=4 Bits=1 SumBits=1
//
// A group leaves whole, beat after beat with its sum, and the next one is not taken before.
  reg [Planes*Pe*Bits-1:0] f_group;
  reg [SumBits-1:0] f_sum;
  reg [7:0] f_beat = 8'd0;
  always @(posedge clk_i)
    if (!rst_ni) f_beat <= 0;
    else if (load) begin
      {f_sum, f_group} <= in_data_i;
      f_beat <= 0;
    end else if (take) f_beat <= f_beat + 1'b1;
  always @* if (f_started && have_q) assert (group_q == f_group);
  genvar f_q, f_w;
  generate
    for (f_q = 0; f_q < Planes; f_q = f_q + 1) begin : f_plane
      for (f_w = 0; f_w < Width; f_w = f_w + 1) begin : f_lane
        wire [Bits-1:0] f_is = out_values_o >> ((f_w * Planes + f_q) * Bits);
        wire f_rest = f_beat * Width + f_w >= Pe;
        wire [Bits-1:0] f_should = f_rest ? 0 : f_group >> ((f_q * Pe + f_beat * Width + f_w) * Bits);
        always @* if (f_started && have_q) assert (f_is == f_should);
      end
    end
  endgenerate
  always @*
    if (f_started && have_q) begin
      assert (f_beat < Beats && at_q == f_beat);
      assert (last_q == (f_beat == Beats - 1));
      assert (out_sum_o == f_sum);
      assert (in_ready_o == (out_ready_i && f_beat == Beats - 1));
    end else if (f_started) assert (in_ready_o && !out_valid_o);
