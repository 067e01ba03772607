// prove: Bits=2 Elements=1 | Bits=1 Elements=5 | Bits=1 Elements=8
//
// Exactly Elements elements leave between two frame starts, zeros behind an early last, whatever s_last_i does; beats behind
// a missing last are dropped.
  reg [15:0] f_given = 16'd0;
  reg f_early = 1'b0;
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_given <= 0;
      f_early <= 1'b0;
    end else begin
      if (give) f_given <= (f_given == Elements - 1) ? 0 : f_given + 1'b1;
      if (give && f_given == Elements - 1) f_early <= 1'b0;
      else if (take && s_last_i && !drop_q) f_early <= 1'b1;
    end
  always @*
    if (f_started) begin
      assert (f_given == count_q && count_q <= Last);
      assert (f_early == fill_q);
      assert (!(fill_q && drop_q));
      assert (!drop_q || f_given == 0);
      if (f_early) assert (out_valid_o && out_data_o == 0 && !s_ready_o);
      if (drop_q) assert (s_ready_o && !out_valid_o);
      if (s_ready_o) assert (at_last_o == (!drop_q && f_given == Elements - 1));
      if (!f_early && !drop_q) assert (out_valid_o == s_valid_i && (!s_valid_i || out_data_o == s_data_i));
    end
