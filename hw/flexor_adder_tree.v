// Sum of terms (with Masked = 1 of those whose enable is 1), as a balanced tree of adders that grow by one bit a level.
//
// With Compressed = 1 and more than four terms, blocks of up to 16 terms stand in place of the lowest levels: the bits of a
// weight are counted by full adders of three terms each, which a six-input LUT holds with their enables, and counters of six
// bits behind them. That is smaller for terms of up to three bits, and takes as many moves.
// Example: Count 16, Bits 8: fifteen adders in four levels, 12-bit sum; with Registered = 1 one move of en_i behind the terms.
// Not done here: a register behind the sum, which is the caller's.
// Registered paths: with Registered = 1 sums of every TreeLevels levels, counted from the sum at the root:
// ($clog2(Count) - 1) / TreeLevels moves of en_i; with Compressed = 1 the full adders, the blocks where there are several, and
// every TreeLevels levels above. Else combinational.
module flexor_adder_tree #(
  parameter integer Count = 2,
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Masked = 1,
  parameter integer Registered = 0,
  // Levels of adders from one register to the next.
  parameter integer TreeLevels = 2,
  parameter integer Compressed = 0,
  // Bits + $clog2(Count).
  parameter integer SumBits = 9
) (
  input  wire                  clk_i,
  input  wire                  en_i,
  input  wire [Count-1:0]      enable_i,
  input  wire [Count*Bits-1:0] terms_i,
  output wire [SumBits-1:0]    sum_o
);

  // A leaf is a term, or a block of terms.
  localparam integer Blocked = ((Compressed != 0) && (Count > 4)) ? 1 : 0;
  localparam integer Lanes = (Blocked == 0) ? 1 : (Count > 16) ? 16 : 1 << $clog2(Count);
  localparam integer Leaves = (Count + Lanes - 1) / Lanes;
  localparam integer LeafBits = Bits + $clog2(Lanes);
  localparam integer Levels = $clog2(Leaves);

  // Nodes as in a heap: node n adds nodes 2n and 2n + 1; the leaves are nodes Leaves to 2*Leaves - 1, node 1 is the sum.
  genvar n, b, l;
  generate
    for (n = 1; n < 2 * Leaves; n = n + 1) begin : g_node
      // Width that is enough at this distance from the root.
      localparam integer Depth = $clog2(n + 1) - 1;
      localparam integer NodeBits = LeafBits + Levels - Depth;
      wire [NodeBits-1:0] sum;
      wire [NodeBits-1:0] total;
      wire own_enable;
      wire enable;
      if (n >= Leaves && Blocked != 0) begin : g_block
        localparam integer First = (n - Leaves) * Lanes;
        // Terms that are counted by threes, and those that are left over.
        localparam integer Threes = Lanes / 3;
        localparam integer Rest = Lanes % 3;
        for (b = 0; b < Bits; b = b + 1) begin : g_weight
          // The sign counts negative: where it is not set is counted, and all of them are taken off the total below.
          localparam integer Inverted = ((Signed != 0) && (b == Bits - 1)) ? 1 : 0;
          wire [Lanes-1:0] own;
          for (l = 0; l < Lanes; l = l + 1) begin : g_lane
            if (First + l < Count) begin : g_term
              assign own[l] = (terms_i[(First+l)*Bits+b] && ((Masked == 0) || enable_i[First+l])) ^ (Inverted != 0);
            end else begin : g_none
              assign own[l] = Inverted != 0;
            end
          end
          // Six bits that count once, and up to five that count twice.
          wire [5:0] ones_d;
          wire [5:0] twos_d;
          for (l = 0; l < 6; l = l + 1) begin : g_three
            if (l < Threes) begin : g_full
              assign ones_d[l] = own[3*l] ^ own[3*l+1] ^ own[3*l+2];
              assign twos_d[l] = (own[3*l] && own[3*l+1]) || (own[3*l+2] && (own[3*l] || own[3*l+1]));
            end else begin : g_left
              if (l < Threes + Rest) begin : g_one
                assign ones_d[l] = own[Threes*2+l];
              end else begin : g_zero
                assign ones_d[l] = 1'b0;
              end
              assign twos_d[l] = 1'b0;
            end
          end
          wire [5:0] ones;
          wire [5:0] twos;
          if (Registered != 0) begin : g_registered
            reg [5:0] ones_q;
            reg [5:0] twos_q;
            always @(posedge clk_i)
              if (en_i) begin
                ones_q <= ones_d;
                twos_q <= twos_d;
              end
            assign ones = ones_q;
            assign twos = twos_q;
          end else begin : g_direct
            assign ones = ones_d;
            assign twos = twos_d;
          end
          // Ones and twos counted, three bits each, and added: gates, since an adder of few bits takes more.
          wire [2:0] counted;
          wire [2:0] doubled;
          assign counted = count(ones);
          assign doubled = count(twos);
          wire carry1 = counted[1] && doubled[0];
          wire carry2 = (counted[2] && doubled[1]) || (carry1 && (counted[2] || doubled[1]));
          wire [4:0] whole = {
            doubled[2] && carry2, doubled[2] ^ carry2, counted[2] ^ doubled[1] ^ carry1, counted[1] ^ doubled[0], counted[0]
          };
          // The weights so far, this one 2^b times.
          wire [LeafBits-1:0] above;
          wire [LeafBits-1:0] total_so_far;
          wire [LeafBits+4:0] placed = {{LeafBits{1'b0}}, whole} << b;
          wire unused_placed = ^placed[LeafBits+4:LeafBits];
          assign above = placed[LeafBits-1:0];
          if (b == 0) begin : g_first
            assign total_so_far = above;
          end else begin : g_more
            wire [LeafBits:0] added;
            wire unused_added = added[LeafBits];
            flexor_masked_add #(
              .Bits(LeafBits),
              .Signed(0),
              .Masked(0)
            ) u_add (
              .a_en_i(1'b1),
              .a_i(g_weight[b-1].total_so_far),
              .b_en_i(1'b1),
              .b_i(above),
              .sum_o(added)
            );
            assign total_so_far = added[LeafBits-1:0];
          end
        end
        wire [LeafBits-1:0] block_d = g_weight[Bits-1].total_so_far ^ {Signed != 0, {(LeafBits - 1) {1'b0}}};
        wire [LeafBits-1:0] block;
        if (Registered != 0 && Leaves > 1) begin : g_registered
          reg [LeafBits-1:0] block_q;
          always @(posedge clk_i) if (en_i) block_q <= block_d;
          assign block = block_q;
        end else begin : g_direct
          assign block = block_d;
        end
        assign own_enable = 1'b1;
        if (NodeBits > LeafBits) begin : g_extend
          assign sum = {{(NodeBits - LeafBits) {(Signed != 0) && block[LeafBits-1]}}, block};
        end else begin : g_same
          assign sum = block;
        end
      end else if (n >= Leaves) begin : g_term
        wire [Bits-1:0] term = terms_i[(n-Leaves)*Bits+:Bits];
        assign own_enable = enable_i[n-Leaves];
        if (NodeBits > Bits) begin : g_extend
          assign sum = {{(NodeBits - Bits) {(Signed != 0) && term[Bits-1]}}, term};
        end else begin : g_same
          assign sum = term;
        end
      end else begin : g_add
        assign own_enable = 1'b1;
        flexor_masked_add #(
          .Bits(NodeBits - 1),
          .Signed(Signed),
          // Above the terms there is nothing left to mask; a node with one term and one sum passes the sum as it is.
          .Masked((2 * n + 1 >= Leaves && Blocked == 0) ? Masked : 0)
        ) u_add (
          .a_en_i(g_node[2*n].enable),
          .a_i(g_node[2*n].total),
          .b_en_i(g_node[2*n+1].enable),
          .b_i(g_node[2*n+1].total),
          .sum_o(sum)
        );
      end
      // Every path from a term to the sum passes each of these levels once.
      if (Registered != 0 && Depth > 0 && Depth < Levels && Depth % TreeLevels == 0) begin : g_register
        reg [NodeBits-1:0] total_q;
        reg enable_q;
        always @(posedge clk_i)
          if (en_i) begin
            total_q <= sum;
            enable_q <= own_enable;
          end
        assign total = total_q;
        assign enable = enable_q;
      end else begin : g_through
        assign total = sum;
        assign enable = own_enable;
      end
    end
  endgenerate

  // How many of six bits are set.
  function [2:0] count(input [5:0] bits);
    reg [1:0] low;
    reg [1:0] high;
    reg both;
    begin
      low = {(bits[0] && bits[1]) || (bits[2] && (bits[0] || bits[1])), bits[0] ^ bits[1] ^ bits[2]};
      high = {(bits[3] && bits[4]) || (bits[5] && (bits[3] || bits[4])), bits[3] ^ bits[4] ^ bits[5]};
      both = low[0] && high[0];
      count = {
        (low[1] && high[1]) || (both && (low[1] || high[1])), low[1] ^ high[1] ^ both, low[0] ^ high[0]
      };
    end
  endfunction

  wire unused_clock = clk_i ^ en_i;

  // A single term has no adder that masks it; of two terms on the enable of the root is 1.
  assign sum_o = g_node[1].total & {SumBits{(Masked == 0) || g_node[1].enable}};

`ifndef SYNTHESIS
  initial begin
    if (!(SumBits == Bits + $clog2(Count))) begin
      $display("%m: error: flexor_adder_tree needs SumBits of Bits + $clog2(Count)");
      $stop;
    end
    if (!(TreeLevels >= 1)) begin
      $display("%m: error: flexor_adder_tree needs TreeLevels of at least 1");
      $stop;
    end
  end
`endif

endmodule
