// Hands Pe weight bits a cycle a lane on, from decrypted words that stand still (flexor_weight_hold), the low bits first.
//
// A lane's part of a word is LaneBits = m*Pe bits; cycle_i, from 0 to m - 1, says which Pe of them are wanted. Neighbours are
// chosen from first, then neighbours of these: where two gates' inputs and a bit of cycle_i fit into a look-up table, gates of
// the XOR circuit and the choice between them share it.
// Example: Lanes 3, LaneBits 80, Pe 16: three lanes of 16 bits a cycle, one of five parts each.
// In place of flexor_weight_shift. Not done here: counting cycles (flexor_engine). Registered paths: weight bits out.
module flexor_weight_select #(
  parameter integer Lanes = 1,
  parameter integer LaneBits = 3,
  // Divides LaneBits.
  parameter integer Pe = 3,
  parameter integer CycleBits = 1
) (
  input  wire                      clk_i,
  input  wire                      en_i,
  input  wire [CycleBits-1:0]      cycle_i,
  input  wire [Lanes*LaneBits-1:0] word_i,
  output wire [Lanes*Pe-1:0]       bits_o
);

  localparam integer Parts = LaneBits / Pe;
  localparam integer Levels = $clog2(Parts);

  genvar l, k, j;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : g_lane
      // Level k has a part for every 2^k of them.
      for (k = 0; k <= Levels; k = k + 1) begin : g_level
        localparam integer Here = (Parts + (1 << k) - 1) >> k;
        localparam integer Below = (k == 0) ? 1 : (Parts + (1 << k) / 2 - 1) >> (k - 1);
        wire [Here*Pe-1:0] part;
        if (k == 0) begin : g_word
          assign part = word_i[l*LaneBits+:LaneBits];
        end else begin : g_choice
          for (j = 0; j < Here; j = j + 1) begin : g_part
            if (2 * j + 1 < Below) begin : g_two
              assign part[j*Pe+:Pe] =
                  cycle_i[k-1] ? g_level[k-1].part[(2*j+1)*Pe+:Pe] : g_level[k-1].part[2*j*Pe+:Pe];
            end else begin : g_one
              assign part[j*Pe+:Pe] = g_level[k-1].part[2*j*Pe+:Pe];
            end
          end
        end
      end
      reg [Pe-1:0] bits_q;
      always @(posedge clk_i) if (en_i) bits_q <= g_level[Levels].part;
      assign bits_o[l*Pe+:Pe] = bits_q;
    end

    if (Levels < CycleBits) begin : g_rest
      wire unused_cycle = ^cycle_i;
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(LaneBits >= Pe && LaneBits % Pe == 0 && CycleBits >= Levels)) begin
      $display("%m: error: flexor_weight_select needs Pe that divides LaneBits, and CycleBits that tell its parts apart");
      $stop;
    end
  end
`endif

endmodule
