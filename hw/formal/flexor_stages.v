// prove: Stages=2 | Stages=3 | Stages=5
//
// What goes in comes out in order: as many valid stages as were taken and not given; the last stage holds until it is taken.
  reg [7:0] f_inside = 8'd0;
  reg f_held = 1'b0;
  integer s;
  reg [7:0] f_valid;
  always @* begin
    f_valid = 0;
    for (s = 0; s < Stages; s = s + 1) f_valid = f_valid + valid_o[s];
  end
  always @(posedge clk_i) begin
    if (!rst_ni) f_inside <= 0;
    else f_inside <= f_inside + (in_valid_i && en_o) - (valid_o[Stages-1] && out_ready_i);
    f_held <= rst_ni && valid_o[Stages-1] && !out_ready_i;
  end
  always @*
    if (f_started) begin
      assert (f_inside == f_valid && f_inside <= Stages);
      if (f_held) assert (valid_o[Stages-1]);
    end
