// Sum of terms (with Masked = 1 of those whose enable is 1), as a balanced tree of adders that grow by one bit a level.
//
// Example: Count 16, Bits 8: fifteen adders in four levels, 12-bit sum; with Registered = 1 one move of en_i behind the terms.
// Not done here: a register behind the sum, which is the caller's.
// Registered paths: with Registered = 1 sums of every two levels, counted from the sum at the root: ($clog2(Count) - 1) / 2
// moves of en_i. Else combinational.
module flexor_adder_tree #(
  parameter integer Count = 2,
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Masked = 1,
  parameter integer Registered = 0,
  // Bits + $clog2(Count).
  parameter integer SumBits = 9
) (
  input  wire                  clk_i,
  input  wire                  en_i,
  input  wire [Count-1:0]      enable_i,
  input  wire [Count*Bits-1:0] terms_i,
  output wire [SumBits-1:0]    sum_o
);

  localparam integer Levels = $clog2(Count);

  // Nodes as in a heap: node n adds nodes 2n and 2n + 1; the terms are nodes Count to 2*Count - 1, node 1 is the sum.
  genvar n;
  generate
    for (n = 1; n < 2 * Count; n = n + 1) begin : g_node
      // Width that is enough at this distance from the root.
      localparam integer Depth = $clog2(n + 1) - 1;
      localparam integer NodeBits = Bits + Levels - Depth;
      wire [NodeBits-1:0] sum;
      wire [NodeBits-1:0] total;
      wire own_enable;
      wire enable;
      if (n >= Count) begin : g_term
        wire [Bits-1:0] term = terms_i[(n-Count)*Bits+:Bits];
        assign own_enable = enable_i[n-Count];
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
          .Masked((2 * n + 1 >= Count) ? Masked : 0)
        ) u_add (
          .a_en_i(g_node[2*n].enable),
          .a_i(g_node[2*n].total),
          .b_en_i(g_node[2*n+1].enable),
          .b_i(g_node[2*n+1].total),
          .sum_o(sum)
        );
      end
      // Every path from a term to the sum passes each of these levels once.
      if (Registered != 0 && Depth > 0 && Depth < Levels && Depth % 2 == 0) begin : g_register
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

  wire unused_clock = clk_i ^ en_i;

  // A single term has no adder that masks it; of two terms on the enable of the root is 1.
  assign sum_o = g_node[1].total & {SumBits{(Masked == 0) || g_node[1].enable}};

`ifndef SYNTHESIS
  initial begin
    if (!(SumBits == Bits + $clog2(Count))) begin
      $display("%m: error: flexor_adder_tree needs SumBits of Bits + $clog2(Count)");
      $stop;
    end
  end
`endif

endmodule
