// Sum of terms (with Masked = 1 of those whose enable is 1), as a balanced tree of adders that grow by one bit a level.
//
// Example: Count 16, Bits 8: fifteen adders in four levels, 12-bit sum.
// Not done here: registers (the caller puts one behind). Combinational.
module flexor_adder_tree #(
  parameter integer Count = 2,
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Masked = 1,
  // Bits + $clog2(Count).
  parameter integer SumBits = 9
) (
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
      wire [NodeBits-1:0] total;
      wire enable;
      if (n >= Count) begin : g_term
        wire [Bits-1:0] term = terms_i[(n-Count)*Bits+:Bits];
        assign enable = enable_i[n-Count];
        if (NodeBits > Bits) begin : g_extend
          assign total = {{(NodeBits - Bits) {(Signed != 0) && term[Bits-1]}}, term};
        end else begin : g_same
          assign total = term;
        end
      end else begin : g_add
        assign enable = 1'b1;
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
          .sum_o(total)
        );
      end
    end
  endgenerate

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
