// Decrypts one slice: weight bits are XORs of encrypted bits (y = M⊕x, FleXOR eq. 1 and 2), in two-input gates that rows of
// M⊕ may share.
//
// Signals are numbered: encrypted bit i is signal i, gate g is signal NIn + g. A gate reads signals before its own. Wiring
// names them in 16 bits each, lowest first: the signal of every weight bit, then the two that every gate reads.
// Example: NIn = 2, NOut = 3, Gates = 1, y = {x1 ^ x0, x1, x0}: gate 0, signal 2, reads 0 and 1; the weight bits are the
// signals 0, 1 and 2: Wiring = {16'd1, 16'd0, 16'd2, 16'd1, 16'd0}.
// Not done here: finding a small network (src/xor/minimise.ts). Combinational.
module flexor_xor_circuit #(
  parameter integer NIn = 2,
  parameter integer NOut = 3,
  parameter integer Gates = 1,
  parameter [16*NOut+32*Gates-1:0] Wiring = {16'd1, 16'd0, 16'd2, 16'd1, 16'd0}
) (
  input  wire [NIn-1:0]  encrypted_i,
  output wire [NOut-1:0] bits_o
);

  // Gates of one loop: Verilator unrolls no more than some 3,000.
  localparam integer Block = 1024;

  // Split, so that Verilator sees no loop through the vector; one bit more, because it splits none of a single bit.
  wire [NIn+Gates:0] signal  /* verilator split_var */;
  // Encrypted bits that M⊕ does not tap, and gates that only fill up the count of another plane.
  wire unused_signal = &{1'b0, signal};

  assign signal[NIn+Gates] = 1'b0;
  assign signal[NIn-1:0] = encrypted_i;

  genvar b, g, j;
  generate
    for (b = 0; b < Gates; b = b + Block) begin : g_block
      for (g = b; g < b + Block && g < Gates; g = g + 1) begin : g_gate
        localparam integer Left = {16'd0, Wiring[16*NOut+32*g+:16]};
        localparam integer Right = {16'd0, Wiring[16*NOut+32*g+16+:16]};
        assign signal[NIn+g] = signal[Left] ^ signal[Right];
      end
    end
    for (j = 0; j < NOut; j = j + 1) begin : g_output
      localparam integer Source = {16'd0, Wiring[16*j+:16]};
      assign bits_o[j] = signal[Source];
    end
  endgenerate

endmodule
