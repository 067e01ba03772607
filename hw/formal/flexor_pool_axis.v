// prove: Size=4 Kernel=2 Outputs=2 | Size=7 Kernel=3 Outputs=2 IndexBits=2 | Size=8 Kernel=3 Pad=1 Outputs=3 IndexBits=2 | Size=5 Kernel=7 Pad=1 Outputs=1
//
// Element f_at of the axis is in window (f_at + Pad) / Kernel, at its end where the next element is in another one, and
// outside where there is no such window.
  reg [7:0] f_at = 8'd0;
  wire [7:0] f_padded = f_at + Pad;
  wire [7:0] f_window = f_padded / Kernel;
  wire f_end = f_at == Size - 1;
  wire [7:0] f_next = f_end ? 8'd0 : (f_padded + 8'd1) / Kernel;
  wire f_outside = f_window >= Outputs;
  always @(posedge clk_i)
    if (!rst_ni) f_at <= 0;
    else if (step_i) f_at <= f_end ? 0 : f_at + 1'b1;
  always @*
    if (f_started) begin
      assert (f_at < Size);
      assert (window_q == f_window);
      assert (place_q == f_padded - f_window * Kernel);
      assert (window_o == f_window && outside_o == f_outside && end_o == f_end);
      assert (next_o == f_next);
      if (!f_outside) begin
        assert (first_o == (f_at == 0 || f_padded == f_window * Kernel));
        assert (last_o == (f_padded == f_window * Kernel + Kernel - 1 || (f_end && f_window == Outputs - 1)));
      end else assert (!last_o);
    end
