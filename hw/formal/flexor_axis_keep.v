// prove: Bytes=1 | Bytes=3 | Bytes=4 LastBytes=2
//
// error_o pulses in the cycle after a beat was taken of which other bytes are marked than it has, and only then.
  reg f_bad = 1'b0;
  wire [Bytes-1:0] f_low = (1 << LastBytes) - 1;
  always @(posedge clk_i) f_bad <= rst_ni && valid_i && ready_i && ((last_i && LastBytes < Bytes) ? keep_i != f_low : !(&keep_i));
  always @* if (f_started) assert (error_o == f_bad);
