// prove: Lanes=2 LaneBits=6 Pe=2 | Lanes=1 LaneBits=3 Pe=3 | Lanes=1 LaneBits=5 Pe=1
//
// Behind a load, Pe bits a move in stored order.
  reg [Lanes*LaneBits-1:0] f_word;
  reg [7:0] f_moves = 8'd0;
  reg f_loaded = 1'b0;
  always @(posedge clk_i)
    if (en_i && load_i) begin
      f_word <= word_i;
      f_moves <= 0;
      f_loaded <= 1'b1;
    end else if (en_i && f_moves < LaneBits) f_moves <= f_moves + 1'b1;
  genvar f_l;
  generate
    for (f_l = 0; f_l < Lanes; f_l = f_l + 1) begin : f_lane
      wire [LaneBits-1:0] f_own = f_word[f_l*LaneBits+:LaneBits];
      always @*
        if (f_loaded && f_moves < LaneBits / Pe) begin
          assert (g_lane[f_l].shift_q == ((LaneBits == Pe) ? f_own : f_own >> (f_moves * Pe)));
          assert (bits_o[f_l*Pe+:Pe] == (f_own >> (((LaneBits == Pe) ? 0 : f_moves) * Pe)) % (1 << Pe));
        end
    end
  endgenerate
