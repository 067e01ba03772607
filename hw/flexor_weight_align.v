// Puts the end of the slice before in front of the words of lanes that start inside a slice, Phases[16*l +: 16] bits behind its
// beginning; the last bits of such a word wait for the next one. Lanes of phase 0 pass as they are.
//
// Example: NOut 20, a lane of phase 7: before_i[19:7] of that lane, then all but the last 13 bits of its word.
// Not done here: keeping the slice before (flexor_weight_hold). No registers: only wires.
module flexor_weight_align #(
  parameter integer Lanes = 1,
  // A multiple of NOut.
  parameter integer LaneBits = 3,
  parameter integer NOut = 3,
  parameter [16*Lanes-1:0] Phases = 16'd1
) (
  input  wire [Lanes*NOut-1:0]     before_i,
  input  wire [Lanes*LaneBits-1:0] word_i,
  output wire [Lanes*LaneBits-1:0] word_o
);

  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : g_lane
      localparam integer Phase = {16'd0, Phases[16*l+:16]};
      localparam integer Carry = (Phase == 0) ? 0 : NOut - Phase;
      wire [LaneBits+NOut-1:0] bits = {word_i[l*LaneBits+:LaneBits], before_i[l*NOut+:NOut]};
      wire unused_rest = ^bits;
      assign word_o[l*LaneBits+:LaneBits] = bits[NOut-Carry+:LaneBits];
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(LaneBits >= NOut && LaneBits % NOut == 0)) begin
      $display("%m: error: flexor_weight_align needs LaneBits that are a multiple of NOut");
      $stop;
    end
  end
`endif

endmodule
