// prove: Bits=1 Ratio=1 | Bits=2 Ratio=3 | Bits=3 Ratio=4 | Bits=1 Ratio=3 Parts=5 | Bits=1 Ratio=4 Parts=2
// holds: in
// gives: out
//
// Parts leave in their order, and each beat is taken with its last part: in the last beat of a frame that of the rest.
  reg [7:0] f_beat = 8'd0;
  wire f_rest = Parts % Ratio != 0 && f_beat == Parts / Ratio;
  wire [7:0] f_last = f_rest ? Parts % Ratio - 1 : Ratio - 1;
  always @(posedge clk_i)
    if (!rst_ni) f_beat <= 0;
    else if (in_valid_i && in_ready_o) f_beat <= (f_rest || Parts % Ratio == 0) ? 0 : f_beat + 1'b1;
  generate
    if (Parts % Ratio != 0) begin : f_counted
      always @* if (f_started) assert (g_rest.beat_q == f_beat && f_beat <= Parts / Ratio);
    end
  endgenerate
  always @*
    if (f_started) begin
      assert (part_q <= f_last);
      assert (out_valid_o == in_valid_i);
      assert (out_data_o == (in_data_i >> (part_q * Bits)) % (1 << Bits));
      assert (in_ready_o == (out_ready_i && part_q == f_last));
      if (f_out_held) assert (f_in_held);
      if (f_in_held) assert (f_out_data == (f_in_data >> (part_q * Bits)) % (1 << Bits) || !f_out_held);
    end
