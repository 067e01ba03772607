// prove: Bits=1 Signed=0 Masked=1 | Bits=4 Signed=1 Masked=1 | Bits=4 Signed=0 Masked=0 | Bits=3 Signed=1 Masked=0
//
// The exact sum of those terms that are enabled (of both without Masked).
  wire signed [Bits:0] f_a = {(Signed != 0) && a_i[Bits-1], a_i};
  wire signed [Bits:0] f_b = {(Signed != 0) && b_i[Bits-1], b_i};
  wire [Bits:0] f_sum = (((Masked == 0) || a_en_i) ? f_a : 0) + (((Masked == 0) || b_en_i) ? f_b : 0);
  always @* assert (sum_o == f_sum);
