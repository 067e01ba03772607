// Pe accumulators per plane that add up dot products, sum(b*a) with b = -1 or +1, from lanes by threes.
//
// Of three lanes a0, a1, a2 the sum a1 + a2 and the difference a1 - a2 are made once for all channels. A channel adds one of the
// two to a0 or subtracts it, in an adder whose LUTs select and negate as well. Threes are joined by adders that subtract where
// signs differ, and the accumulator adds or subtracts what comes of it. So a lane's bit says whether its weight differs from
// that of the lane that it is joined to: lane l from lane l - 1 within its three; the first one of three t from that of three
// t & (t - 1); that of lane 0 whether its own weight is -1.
// The accumulators of the Groups channel groups go round in a shift register, in the order in which the groups come.
// Example: Pe 16, Simd 3: a sum and a difference of 9 bits, and for each channel an adder of 11 bits and an accumulator.
// In place of flexor_mac_array. Not done here: multiplying (flexor_requantiser), scheduling (flexor_engine).
// Registered paths: lanes with their sums and differences; with Simd > 2 what each three gives, and the sums of every level
// behind that. Results leave combinationally from the accumulator adders.
module flexor_dot_array #(
  parameter integer ActBits = 8,
  parameter integer ActSigned = 0,
  parameter integer Simd = 1,
  parameter integer Pe = 1,
  parameter integer Groups = 1,
  parameter integer Planes = 1,
  // Two's complement, wide enough for every finished sum; at least ActBits + 3.
  parameter integer AccBits = 16
) (
  input  wire                         clk_i,
  input  wire                         rst_ni,
  // Moves every register on; everything holds while it is low.
  input  wire                         en_i,
  // A vector whose signs come with the next move.
  input  wire                         take_i,
  input  wire [Simd*ActBits-1:0]      acts_i,
  // Signs come; of the last step of a pixel, of the last channel group.
  input  wire                         valid_i,
  input  wire                         last_i,
  input  wire                         end_i,
  // Bit of plane q, lane l, channel p at [(q*Simd + l)*Pe + p].
  input  wire [Planes*Simd*Pe-1:0]    signs_i,
  // Finished group: plane q, channel p at [(q*Pe + p)*AccBits +: AccBits].
  output wire                         out_valid_o,
  output wire [Planes*Pe*AccBits-1:0] dots_o
);

  localparam integer Channels = Planes * Pe;
  localparam integer AccWord = Channels * AccBits;
  localparam integer Threes = (Simd + 2) / 3;
  localparam integer Levels = $clog2(Threes);
  // Two's complement of a lane, of a sum or difference of two, of what is accumulated.
  localparam integer LaneBits = (ActSigned != 0) ? ActBits : ActBits + 1;
  localparam integer PairBits = LaneBits + 1;
  localparam integer ThreeBits = LaneBits + 2;
  localparam integer TermBits = (Simd <= 2) ? PairBits : ThreeBits + Levels;
  // Moves from signs to what is accumulated.
  localparam integer Moves = (Simd <= 2) ? 0 : 1 + Levels;

  wire [Channels*TermBits-1:0] term;
  wire [Channels-1:0] negative;

  // What channels share: the first lane of a three, the sum and the difference of the others; lanes past the last one are 0.
  wire [Threes*PairBits-1:0] heads;
  wire [Threes*PairBits-1:0] sums;
  wire [Threes*PairBits-1:0] differences;

  genvar c, t, k, j;
  generate
    for (t = 0; t < Threes; t = t + 1) begin : g_shared
      reg [PairBits-1:0] head_q;
      reg [PairBits-1:0] sum_q;
      reg [PairBits-1:0] difference_q;
      assign heads[t*PairBits+:PairBits] = head_q;
      assign sums[t*PairBits+:PairBits] = sum_q;
      assign differences[t*PairBits+:PairBits] = difference_q;
      if (Simd == 2) begin : g_two
        wire [PairBits-1:0] first = extended(acts_i[0+:ActBits]);
        wire [PairBits-1:0] second = extended(acts_i[(Simd-1)*ActBits+:ActBits]);
        always @(posedge clk_i)
          if (en_i && take_i) begin
            head_q <= {PairBits{1'b0}};
            sum_q <= first + second;
            difference_q <= first - second;
          end
      end else begin : g_three
        wire [PairBits-1:0] second = (3 * t + 1 < Simd) ? extended(acts_i[((3*t+1)%Simd)*ActBits+:ActBits]) : {PairBits{1'b0}};
        wire [PairBits-1:0] third = (3 * t + 2 < Simd) ? extended(acts_i[((3*t+2)%Simd)*ActBits+:ActBits]) : {PairBits{1'b0}};
        always @(posedge clk_i)
          if (en_i && take_i) begin
            head_q <= extended(acts_i[3*t*ActBits+:ActBits]);
            sum_q <= second + third;
            difference_q <= second - third;
          end
      end
    end

    for (c = 0; c < Channels; c = c + 1) begin : g_channel
      wire [Simd-1:0] signs;
      for (t = 0; t < Simd; t = t + 1) begin : g_sign
        assign signs[t] = signs_i[((c/Pe)*Simd+t)*Pe+c%Pe];
      end
      if (Simd <= 2) begin : g_direct
        assign term[c*TermBits+:TermBits] = (Simd == 1) ? heads : signs[Simd-1] ? differences : sums;
        assign negative[c] = signs[0];
      end else begin : g_tree
        // Level k has a node for every 2^k threes; the sign of a node is that of its first lane.
        for (k = 0; k <= Levels; k = k + 1) begin : g_level
          localparam integer Nodes = (Threes + (1 << k) - 1) >> k;
          localparam integer NodeBits = ThreeBits + k;
          localparam integer Below = (k == 0) ? 1 : (Threes + (1 << k) / 2 - 1) >> (k - 1);
          for (j = 0; j < Nodes; j = j + 1) begin : g_node
            reg [NodeBits-1:0] total_q;
            reg sign_q;
            wire [NodeBits-1:0] left;
            wire [NodeBits-1:0] right;
            wire minus;
            wire sign;
            if (k == 0) begin : g_lanes
              wire [PairBits-1:0] pair;
              if (3 * j + 2 < Simd) begin : g_pair
                assign pair = signs[3*j+2] ? differences[j*PairBits+:PairBits] : sums[j*PairBits+:PairBits];
              end else begin : g_other
                assign pair = sums[j*PairBits+:PairBits];
              end
              assign left = {heads[(j+1)*PairBits-1], heads[j*PairBits+:PairBits]};
              assign right = {pair[PairBits-1], pair};
              assign minus = (3 * j + 1 < Simd) && signs[(3*j+1)%Simd];
              assign sign = signs[3*j];
            end else begin : g_join
              assign left = {g_level[k-1].g_node[2*j].total_q[NodeBits-2], g_level[k-1].g_node[2*j].total_q};
              assign sign = g_level[k-1].g_node[2*j].sign_q;
              if (2 * j + 1 < Below) begin : g_two
                assign right = {g_level[k-1].g_node[2*j+1].total_q[NodeBits-2], g_level[k-1].g_node[2*j+1].total_q};
                assign minus = g_level[k-1].g_node[2*j+1].sign_q;
              end else begin : g_one
                assign right = {NodeBits{1'b0}};
                assign minus = 1'b0;
              end
            end
            // A difference whatever the sign, so that one operand goes into the carry as it is: x + y is x - ~y - 1.
            wire [NodeBits:0] total = {left, 1'b0} - {right ^ {NodeBits{!minus}}, !minus};
            wire unused_low = total[0];
            always @(posedge clk_i)
              if (en_i) begin
                total_q <= total[NodeBits:1];
                sign_q <= sign;
              end
          end
        end
        assign term[c*TermBits+:TermBits] = g_level[Levels].g_node[0].total_q;
        assign negative[c] = g_level[Levels].g_node[0].sign_q;
      end
    end
  endgenerate

  wire unused_shared = ^{heads, sums, differences};

  function [PairBits-1:0] extended(input [ActBits-1:0] act);
    extended = {{(PairBits - ActBits) {(ActSigned != 0) && act[ActBits-1]}}, act};
  endfunction

  // Beside the terms.
  wire valid;
  wire last;
  wire group_end;
  generate
    if (Moves > 0) begin : g_moved
      reg [Moves-1:0] valid_q;
      reg [Moves-1:0] last_q;
      reg [Moves-1:0] end_q;
      wire [Moves:0] valid_d = {valid_q, valid_i};
      wire [Moves:0] last_d = {last_q, last_i};
      wire [Moves:0] end_d = {end_q, end_i};
      always @(posedge clk_i) begin
        if (!rst_ni) valid_q <= {Moves{1'b0}};
        else if (en_i) valid_q <= valid_d[Moves-1:0];
        if (en_i) begin
          last_q <= last_d[Moves-1:0];
          end_q <= end_d[Moves-1:0];
        end
      end
      assign valid = valid_d[Moves];
      assign last = last_d[Moves];
      assign group_end = end_d[Moves];
    end else begin : g_direct
      assign valid = valid_i;
      assign last = last_i;
      assign group_end = end_i;
    end
  endgenerate

  // The accumulators of a group stand at the head when its turn comes, and are 0 there in the first step of a pixel.
  reg [AccWord-1:0] head_q;
  wire [AccWord-1:0] total;
  wire [AccWord-1:0] next;
  wire next_first;
  wire add = en_i && valid;

  generate
    for (c = 0; c < Channels; c = c + 1) begin : g_acc
      wire [AccBits-1:0] own = {{(AccBits - TermBits) {term[(c+1)*TermBits-1]}}, term[c*TermBits+:TermBits]};
      wire [AccBits:0] sum = {head_q[c*AccBits+:AccBits], 1'b0} - {own ^ {AccBits{!negative[c]}}, !negative[c]};
      wire unused_low = sum[0];
      assign total[c*AccBits+:AccBits] = sum[AccBits:1];
    end

    if (Groups == 1) begin : g_one_group
      wire unused_end = group_end;
      assign next = total;
      assign next_first = last;
    end else begin : g_groups
      reg starts_q;
      reg [(Groups-1)*AccWord-1:0] others_q;
      wire [Groups*AccWord-1:0] ring = {others_q, total};
      assign next = ring[Groups*AccWord-1-:AccWord];
      assign next_first = group_end ? last : starts_q;
      always @(posedge clk_i) begin
        if (!rst_ni) starts_q <= 1'b1;
        else if (add) starts_q <= next_first;
        if (add) others_q <= ring[(Groups-1)*AccWord-1:0];
      end
    end
  endgenerate

  always @(posedge clk_i)
    if (!rst_ni || (add && next_first)) head_q <= {AccWord{1'b0}};
    else if (add) head_q <= next;

  assign out_valid_o = valid && last;
  assign dots_o = total;

`ifndef SYNTHESIS
  initial begin
    if (!(AccBits >= TermBits)) begin
      $display("%m: error: flexor_dot_array needs AccBits that hold what is accumulated at a time");
      $stop;
    end
  end
`endif

endmodule
