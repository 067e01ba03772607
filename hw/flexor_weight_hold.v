// Holds encrypted words in front of the XOR circuits for as long as they are in use: until the next one is taken.
//
// A lane that starts inside a slice (its bit of Phased is 1) lags behind its words and needs the slice before them, too: at the
// first word of a pixel the one that it shares with the lane before it (boundary_i), else the last one of the word before.
// Example: Slices 4, NIn 8: 32 bits a lane, and 8 more for a lane that starts inside a slice.
// Not done here: decrypting (the design's XOR circuits), putting the slice before in front of the word (flexor_weight_align),
// the words' handshake: take_i says that word_i is taken. Registered paths: all outputs.
module flexor_weight_hold #(
  parameter integer Lanes = 1,
  // Slices of a lane in a word, and encrypted bits of a slice.
  parameter integer Slices = 1,
  parameter integer NIn = 3,
  parameter [Lanes-1:0] Phased = {Lanes{1'b0}}
) (
  input  wire                        clk_i,
  input  wire                        take_i,
  // It is the first word of a pixel.
  input  wire                        first_i,
  input  wire [Lanes*NIn-1:0]        boundary_i,
  input  wire [Lanes*Slices*NIn-1:0] word_i,
  output wire [Lanes*Slices*NIn-1:0] word_o,
  // The slice before the word; 0 for a lane that does not need it.
  output wire [Lanes*NIn-1:0]        before_o
);

  localparam integer LaneBits = Slices * NIn;

  reg [Lanes*LaneBits-1:0] word_q;
  always @(posedge clk_i) if (take_i) word_q <= word_i;
  assign word_o = word_q;

  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : g_lane
      if (Phased[l]) begin : g_lags
        reg [NIn-1:0] before_q;
        always @(posedge clk_i)
          if (take_i) before_q <= first_i ? boundary_i[l*NIn+:NIn] : word_q[(l+1)*LaneBits-1-:NIn];
        assign before_o[l*NIn+:NIn] = before_q;
      end else begin : g_aligned
        wire unused_boundary = ^boundary_i[l*NIn+:NIn];
        assign before_o[l*NIn+:NIn] = {NIn{1'b0}};
      end
    end

    if (Phased == {Lanes{1'b0}}) begin : g_none
      wire unused_first = first_i;
    end
  endgenerate

endmodule
