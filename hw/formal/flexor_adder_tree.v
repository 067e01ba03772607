// prove: Count=1 Bits=3 SumBits=3 | Count=3 Bits=2 Signed=1 SumBits=4 | Count=5 Bits=2 SumBits=5 | Count=4 Bits=2 Signed=1 Masked=0 SumBits=4 | Count=6 Bits=2 Compressed=1 SumBits=5 | Count=7 Bits=2 Signed=1 Compressed=1 SumBits=5 | Count=17 Bits=1 Compressed=1 SumBits=6
//
// The exact sum of those terms that are enabled (of all without Masked).
  integer f_n;
  reg [SumBits-1:0] f_sum;
  reg [SumBits-1:0] f_term;
  always @* begin
    f_sum = 0;
    for (f_n = 0; f_n < Count; f_n = f_n + 1) begin
      f_term = (terms_i >> (f_n * Bits)) % (1 << Bits);
      if ((Signed != 0) && f_term[Bits-1]) f_term = f_term - (1 << Bits);
      if ((Masked == 0) || enable_i[f_n]) f_sum = f_sum + f_term;
    end
  end
  always @* assert (sum_o == f_sum);
