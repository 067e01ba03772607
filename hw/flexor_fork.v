// Duplicates a stream: every element goes into the FIFO of each branch as soon as all of them have room.
//
// Branches wait for nothing but their own FIFO, so one may run ahead of another by its depth; a branch that another must
// wait for (the shortcut of a residual block) needs a deep one.
// Example: Branches 2, Depths {32'd600, 32'd2}: branch 0 feeds a layer, branch 1 is the shortcut around it.
// Not done here: computing depths (src/rtl/schedule/fifo-depths.ts). Registered paths: valid of every branch and in_ready_o
// come from registers alone.
module flexor_fork #(
  parameter integer Width = 8,
  // One branch makes a FIFO.
  parameter integer Branches = 2,
  // Places of branch b: Depths[32*b +: 32].
  parameter [32*Branches-1:0] Depths = {32'd2, 32'd2},
  // Deeper branches are kept in a memory with a registered read (flexor_fifo_ram).
  parameter integer RegisterDepth = 64
) (
  input  wire                      clk_i,
  input  wire                      rst_ni,
  input  wire                      in_valid_i,
  output wire                      in_ready_o,
  input  wire [Width-1:0]          in_data_i,
  // Branch b: bit b, and data [b*Width +: Width].
  output wire [Branches-1:0]       out_valid_o,
  input  wire [Branches-1:0]       out_ready_i,
  output wire [Branches*Width-1:0] out_data_o
);

  wire [Branches-1:0] room;
  wire push = in_valid_i && in_ready_o;

  assign in_ready_o = &room;

  genvar b;
  generate
    for (b = 0; b < Branches; b = b + 1) begin : g_branch
      localparam integer Depth = Depths[32*b+:32];
      if (Depth > RegisterDepth) begin : g_ram
        flexor_fifo_ram #(
          .Width(Width),
          .Depth(Depth)
        ) u_fifo (
          .clk_i(clk_i),
          .rst_ni(rst_ni),
          .in_valid_i(push),
          .in_ready_o(room[b]),
          .in_data_i(in_data_i),
          .out_valid_o(out_valid_o[b]),
          .out_ready_i(out_ready_i[b]),
          .out_data_o(out_data_o[b*Width+:Width])
        );
      end else begin : g_register
        flexor_fifo #(
          .Width(Width),
          .Depth(Depth)
        ) u_fifo (
          .clk_i(clk_i),
          .rst_ni(rst_ni),
          .in_valid_i(push),
          .in_ready_o(room[b]),
          .in_data_i(in_data_i),
          .out_valid_o(out_valid_o[b]),
          .out_ready_i(out_ready_i[b]),
          .out_data_o(out_data_o[b*Width+:Width])
        );
      end
    end
  endgenerate

endmodule
