// prove: Bits=2 Signed=0 MulBits=3 Delay=0 OutBits=7 | Bits=2 Signed=1 MulBits=3 Delay=0 OutBits=7 | Bits=1 Signed=0 MulBits=2 Delay=1 OutBits=5
//
// The exact product of the element that came in 2 + Delay moves ago and the multiplier of the move before this one.
  localparam integer FMoves = 2 + Delay;
  reg [7:0] f_moves = 8'd0;
  reg [FMoves*Bits-1:0] f_elements;
  reg [MulBits-1:0] f_multiplier;
  wire [Bits-1:0] f_then = f_elements >> ((FMoves - 1) * Bits);
  wire signed [15:0] f_element = $signed({(Signed != 0) && f_then[Bits-1], f_then});
  wire signed [15:0] f_factor = $signed(f_multiplier);
  wire signed [15:0] f_product = f_element * f_factor;
  wire signed [15:0] f_out = $signed(term_o);
  always @(posedge clk_i)
    if (en_i) begin
      f_elements <= {f_elements, data_i};
      f_multiplier <= multiplier_i;
      if (f_moves < FMoves) f_moves <= f_moves + 1'b1;
    end
  always @* begin
    if (f_moves >= 1) assert (element_q == $signed({(Signed != 0) && f_elements[Bits-1], f_elements[Bits-1:0]}));
    if (f_moves == FMoves) assert (f_out == f_product);
  end
  generate
    if (Delay != 0) begin : f_later
      wire [Bits-1:0] f_before = f_elements >> Bits;
      always @* if (f_moves >= 2) assert (g_later.later_q == $signed({(Signed != 0) && f_before[Bits-1], f_before}));
    end
  endgenerate
