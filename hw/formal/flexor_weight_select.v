// prove: Lanes=2 LaneBits=6 Pe=2 CycleBits=2 | Lanes=1 LaneBits=3 Pe=3 CycleBits=1 | Lanes=1 LaneBits=10 Pe=2 CycleBits=3 | Lanes=1 LaneBits=7 Pe=1 CycleBits=3
//
// Behind a move, the Pe bits of each lane that the cycle named.
  reg f_moved = 1'b0;
  reg [CycleBits-1:0] f_cycle;
  reg [Lanes*LaneBits-1:0] f_word;
  always @* if (en_i) assume (cycle_i < Parts);
  always @(posedge clk_i)
    if (en_i) begin
      f_moved <= 1'b1;
      {f_cycle, f_word} <= {cycle_i, word_i};
    end
  genvar f_l;
  generate
    for (f_l = 0; f_l < Lanes; f_l = f_l + 1) begin : f_lane
      wire [LaneBits-1:0] f_own = f_word >> (f_l * LaneBits);
      wire [Pe-1:0] f_wanted = f_own >> (f_cycle * Pe);
      always @* if (f_moved) assert (bits_o[f_l*Pe+:Pe] == f_wanted);
      always @* if (f_moved) assert (f_cycle < Parts);
    end
  endgenerate
