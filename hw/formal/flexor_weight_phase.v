// prove: Lanes=1 LaneBits=3 NOut=3 Phases=16'd1 | Lanes=2 LaneBits=6 NOut=3 Phases=32'h00020000 | Lanes=1 LaneBits=4 NOut=4 Phases=16'd3
//
// The bits of a lane in one stream: those of the boundary slice from its phase on, then those of the words, LaneBits at a time.
  reg f_have = 1'b0;
  reg [Lanes*LaneBits-1:0] f_before;
  always @(posedge clk_i)
    if (take_i) begin
      f_have <= 1'b1;
      f_before <= word_i;
    end
  genvar f_l;
  generate
    for (f_l = 0; f_l < Lanes; f_l = f_l + 1) begin : f_lane
      localparam integer FPhase = (Phases >> (16 * f_l)) & 16'hffff;
      wire [LaneBits-1:0] f_word = word_i >> (f_l * LaneBits);
      wire [LaneBits-1:0] f_last = f_before >> (f_l * LaneBits);
      wire [NOut-1:0] f_slice = boundary_i >> (f_l * NOut);
      wire [LaneBits+NOut-1:0] f_first = {f_word, f_slice} >> FPhase;
      wire [2*LaneBits-1:0] f_next = {f_word, f_last} >> (LaneBits - NOut + FPhase);
      wire [LaneBits-1:0] f_out = word_o >> (f_l * LaneBits);
      always @*
        if (FPhase == 0) assert (f_out == f_word);
        else if (first_i) assert (f_out == f_first[LaneBits-1:0]);
        else if (f_have) assert (f_out == f_next[LaneBits-1:0]);
    end
  endgenerate
