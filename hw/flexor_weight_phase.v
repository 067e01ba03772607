// Aligns decrypted words for lanes whose first weight bit lies inside a slice, Phases[16*l +: 16] bits behind its beginning.
//
// Memories store whole slices, so such a lane starts with the upper bits of the slice that it shares with the lane before
// it (boundary_i, decrypted, the same at every pixel) and carries the last NOut - phase bits of each word over to the next
// one. Lanes of phase 0 pass as they are.
// Example: NOut 20, a lane of phase 7: its first word begins with boundary_i[19:7] of that lane and keeps its own last 13 bits.
// Not done here: the words' own handshake: take_i says that word_o is taken. Registered paths: none into word_o.
module flexor_weight_phase #(
  parameter integer Lanes = 1,
  // A multiple of NOut.
  parameter integer LaneBits = 3,
  parameter integer NOut = 3,
  parameter [16*Lanes-1:0] Phases = 16'd1
) (
  input  wire                      clk_i,
  input  wire                      take_i,
  // It is the first word of a pixel.
  input  wire                      first_i,
  input  wire [Lanes*NOut-1:0]     boundary_i,
  input  wire [Lanes*LaneBits-1:0] word_i,
  output wire [Lanes*LaneBits-1:0] word_o
);

  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : g_lane
      localparam integer Phase = {16'd0, Phases[16*l+:16]};
      wire [LaneBits-1:0] word = word_i[l*LaneBits+:LaneBits];
      wire [NOut-1:0] boundary = boundary_i[l*NOut+:NOut];

      if (Phase == 0) begin : g_aligned
        wire unused_boundary = ^boundary;
        assign word_o[l*LaneBits+:LaneBits] = word;
      end else begin : g_carried
        localparam integer Carry = NOut - Phase;
        reg [Carry-1:0] carry_q;
        wire [Phase-1:0] unused_boundary = boundary[Phase-1:0];
        wire [Carry-1:0] low = first_i ? boundary[NOut-1:Phase] : carry_q;
        assign word_o[l*LaneBits+:LaneBits] = {word[LaneBits-Carry-1:0], low};
        always @(posedge clk_i) if (take_i) carry_q <= word[LaneBits-1:LaneBits-Carry];
      end
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(LaneBits >= NOut && LaneBits % NOut == 0)) begin
      $display("%m: error: flexor_weight_phase needs LaneBits that are a multiple of NOut");
      $stop;
    end
  end
`endif

endmodule
