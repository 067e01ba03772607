// Decrypts one slice: weight bit j is the XOR of the encrypted bits that row j of M⊕ taps (FleXOR, eq. 1 and 2).
//
// Example: NIn = 2, NOut = 3, Matrix = 6'b11_10_01 gives y = {x1 ^ x0, x1, x0}.
// Not done here: sharing of XOR gates between rows; synthesis does what it finds. Combinational.
module flexor_xor_network #(
  parameter integer NIn = 2,
  parameter integer NOut = 3,
  // Row j of M⊕ in bits [j*NIn +: NIn].
  parameter [NIn*NOut-1:0] Matrix = 6'b11_10_01
) (
  input  wire [NIn-1:0]  encrypted_i,
  output wire [NOut-1:0] bits_o
);

  genvar j;
  generate
    for (j = 0; j < NOut; j = j + 1) begin : g_row
      assign bits_o[j] = ^(encrypted_i & Matrix[j*NIn+:NIn]);
    end
  endgenerate

endmodule
