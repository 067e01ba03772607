// prove: Lanes=1 LaneBits=3 NOut=3 Phases=16'd1 | Lanes=2 LaneBits=6 NOut=3 Phases=32'h00020000 | Lanes=1 LaneBits=4 NOut=4 Phases=16'd3
//
// Of the bits of the slice before and the word behind it, those from the lane's phase on; of the word alone where that is 0.
  genvar f_l;
  generate
    for (f_l = 0; f_l < Lanes; f_l = f_l + 1) begin : f_lane
      localparam integer FPhase = (Phases >> (16 * f_l)) & 16'hffff;
      wire [LaneBits-1:0] f_word = word_i >> (f_l * LaneBits);
      wire [NOut-1:0] f_slice = before_i >> (f_l * NOut);
      wire [LaneBits+NOut-1:0] f_wanted = {f_word, f_slice} >> ((FPhase == 0) ? NOut : FPhase);
      always @* assert (word_o[f_l*LaneBits+:LaneBits] == f_wanted[LaneBits-1:0]);
    end
  endgenerate
