// Hands decrypted words on Pe weight bits a cycle a lane, in stored order, the low bits first.
//
// A lane's part of a word is LaneBits = m*Pe bits; it is loaded every m-th cycle and shifted out. Bits that are left when a
// new word is loaded are dropped, as at the end of a pixel.
// Example: Lanes 2, LaneBits 80, Pe 16: two lanes of 16 bits a cycle, a word of 160 bits every 5 cycles.
// Not done here: counting cycles (flexor_engine). Registered paths: weight bits out.
module flexor_weight_shift #(
  parameter integer Lanes = 1,
  parameter integer LaneBits = 3,
  // Divides LaneBits.
  parameter integer Pe = 3
) (
  input  wire                      clk_i,
  input  wire                      en_i,
  // Load this word, else shift by Pe.
  input  wire                      load_i,
  input  wire [Lanes*LaneBits-1:0] word_i,
  output wire [Lanes*Pe-1:0]       bits_o
);

  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : g_lane
      reg [LaneBits-1:0] shift_q;
      wire [LaneBits-1:0] fresh = word_i[l*LaneBits+:LaneBits];

      if (LaneBits == Pe) begin : g_direct
        always @(posedge clk_i) if (en_i && load_i) shift_q <= fresh;
      end else begin : g_shift
        always @(posedge clk_i)
          if (en_i) shift_q <= load_i ? fresh : {{Pe{1'b0}}, shift_q[LaneBits-1:Pe]};
      end
      assign bits_o[l*Pe+:Pe] = shift_q[Pe-1:0];
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(LaneBits >= Pe && LaneBits % Pe == 0)) begin
      $display("%m: error: flexor_weight_shift needs Pe that divides LaneBits");
      $stop;
    end
  end
`endif

endmodule
