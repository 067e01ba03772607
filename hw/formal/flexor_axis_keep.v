// prove: Bytes=1 | Bytes=3
//
// error_o pulses in the cycle after a beat was taken of which not every byte is marked, and only then.
  reg f_bad = 1'b0;
  always @(posedge clk_i) f_bad <= rst_ni && valid_i && ready_i && !(&keep_i);
  always @* if (f_started) assert (error_o == f_bad);
