// Banks of memory side by side with one write port and one read port: a write puts its word into each bank whose wr_en_i is 1,
// a read gives the words of all banks in the cycle after the address; the output holds while rd_en_i is low.
//
// Example: flexor_ram #(.Width(8), .Banks(4), .Depth(512), .AddrBits(9)) holds four rows of 32 pixels with 16 channels in one
// block RAM of 512 x 36 bits, whose four bytes are written one by one.
// Not done here: a bank whose address is read while it is being written may give anything; the readers discard it, so that
// synthesis need not build what a family's memories do not do in that case (no_rw_check). The other banks give what they
// hold: bytes of a block RAM that are not written are read as ever.
// Registered paths: data out.
module flexor_ram #(
  parameter integer Width = 8,
  parameter integer Banks = 1,
  parameter integer Depth = 2,
  parameter integer AddrBits = 1
) (
  input  wire                   clk_i,
  input  wire [Banks-1:0]       wr_en_i,
  input  wire [AddrBits-1:0]    wr_addr_i,
  input  wire [Width-1:0]       wr_data_i,
  input  wire                   rd_en_i,
  input  wire [AddrBits-1:0]    rd_addr_i,
  // Bank b at [b*Width +: Width].
  output reg  [Banks*Width-1:0] rd_data_o
);

  (* no_rw_check *)
  reg [Banks*Width-1:0] mem [0:Depth-1];

  genvar b;
  generate
    for (b = 0; b < Banks; b = b + 1) begin : g_bank
      always @(posedge clk_i) if (wr_en_i[b]) mem[wr_addr_i][b*Width+:Width] <= wr_data_i;
    end
  endgenerate

  always @(posedge clk_i) if (rd_en_i) rd_data_o <= mem[rd_addr_i];

`ifndef SYNTHESIS
  initial begin
    if (!(Depth >= 1 && AddrBits >= $clog2(Depth))) begin
      $display("%m: error: flexor_ram needs AddrBits that hold Depth - 1");
      $stop;
    end
  end
`endif

endmodule
