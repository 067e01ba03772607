// Widens a number by its sign, or narrows one that is known to fit.
//
// Example: the sum over the lanes, 12 bits, to the 18 bits of an accumulator. Combinational.
module flexor_resize #(
  parameter integer InBits = 8,
  parameter integer OutBits = 9,
  parameter integer Signed = 0
) (
  input  wire [InBits-1:0]  in_i,
  output wire [OutBits-1:0] out_o
);

  wire [InBits+OutBits-1:0] wide = {{OutBits{(Signed != 0) && in_i[InBits-1]}}, in_i};
  wire unused_wide = ^wide[InBits+OutBits-1:OutBits];

  assign out_o = wide[OutBits-1:0];

endmodule
