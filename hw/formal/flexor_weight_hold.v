// prove: Lanes=1 Slices=1 NIn=2 Phased=1'd1 | Lanes=2 Slices=2 NIn=1 Phased=2'd2 | Lanes=2 Slices=1 NIn=2 Phased=2'd0
//
// What stands in front of the XOR circuits is the last word that was taken; in front of that the last slice of the word before,
// or the boundary slice where it is the first word of a pixel.
  reg [1:0] f_taken = 2'd0;
  reg f_first;
  reg [Lanes*NIn-1:0] f_boundary;
  reg [Lanes*LaneBits-1:0] f_word;
  reg [Lanes*LaneBits-1:0] f_last;
  always @(posedge clk_i)
    if (take_i) begin
      f_taken <= {f_taken[0], 1'b1};
      {f_first, f_boundary, f_word, f_last} <= {first_i, boundary_i, word_i, f_word};
    end
  always @* if (f_taken[0]) assert (word_o == f_word);
  genvar f_l;
  generate
    for (f_l = 0; f_l < Lanes; f_l = f_l + 1) begin : f_lane
      wire [NIn-1:0] f_before = before_o >> (f_l * NIn);
      wire [NIn-1:0] f_edge = f_boundary >> (f_l * NIn);
      wire [NIn-1:0] f_slice = f_last >> (f_l * LaneBits + LaneBits - NIn);
      always @*
        if (!Phased[f_l]) assert (f_before == 0);
        else if (f_taken[0] && f_first) assert (f_before == f_edge);
        else if (f_taken == 2'd3) assert (f_before == f_slice);
    end
  endgenerate
