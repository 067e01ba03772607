// prove: Bits=1 | Bits=3
// stops: f_stop
//
// It stops the simulation exactly where a stream breaks the law: valid that is taken back before the transfer, or data that
// changes before it; a reset ends what was offered.
  reg f_broken = 1'b0;
  reg f_offered = 1'b0;
  reg [Bits-1:0] f_data;
  always @(posedge clk_i) begin
    f_offered <= rst_ni && valid_i && !ready_i;
    f_data <= data_i;
    if (rst_ni && f_offered && !(valid_i && data_i == f_data)) f_broken <= 1'b1;
  end
  always @* if (f_started) begin
    assert (held_q == f_offered);
    if (held_q) assert (data_q == f_data);
    assert (f_stop == f_broken);
  end
