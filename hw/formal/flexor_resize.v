// prove: InBits=3 OutBits=5 Signed=1 | InBits=3 OutBits=5 Signed=0 | InBits=5 OutBits=3 Signed=1 | InBits=4 OutBits=4 Signed=0
//
// The value is kept where it fits.
  wire signed [InBits:0] f_in = {(Signed != 0) && in_i[InBits-1], in_i};
  wire signed [OutBits:0] f_out = {(Signed != 0) && out_o[OutBits-1], out_o};
  wire signed [InBits+OutBits:0] f_wide_in = f_in;
  wire signed [InBits+OutBits:0] f_wide_out = f_out;
  wire signed [InBits+OutBits:0] f_cut = f_in % (1 << OutBits);
  always @* if (OutBits >= InBits) assert (f_wide_in == f_wide_out);
  always @* if (OutBits < InBits) assert (out_o == in_i[((OutBits < InBits) ? OutBits : InBits)-1:0]);
