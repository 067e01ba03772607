// Adds two numbers; with Masked = 1 each of them only where its enable is 1.
//
// A module of its own that synthesis keeps apart: Yosys would otherwise merge trees of adders into one multi-operand
// adder, which costs three times the LUTs. Other tools may join them. Example: one node of flexor_adder_tree. Combinational.
`ifdef YOSYS
(* keep_hierarchy = "yes" *)
`endif
module flexor_masked_add #(
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Masked = 1
) (
  input  wire            a_en_i,
  input  wire [Bits-1:0] a_i,
  input  wire            b_en_i,
  input  wire [Bits-1:0] b_i,
  output wire [Bits:0]   sum_o
);

  wire [Bits-1:0] a;
  wire [Bits-1:0] b;

  generate
    if (Masked != 0) begin : g_masked
      assign a = a_i & {Bits{a_en_i}};
      assign b = b_i & {Bits{b_en_i}};
    end else begin : g_plain
      wire unused_enables = a_en_i ^ b_en_i;
      assign a = a_i;
      assign b = b_i;
    end
  endgenerate

  assign sum_o = {(Signed != 0) && a[Bits-1], a} + {(Signed != 0) && b[Bits-1], b};

endmodule
