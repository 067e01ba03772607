// One write port and one read port, read in the cycle after the address; the output holds while rd_en_i is low.
//
// Example: flexor_ram #(.Width(8), .Depth(896), .AddrBits(10)) holds four rows of 28 pixels with eight channels.
// Not done here: a read of the address that is being written may give anything; the readers discard it, so that synthesis
// need not build what a family's memories do not do in that case (no_rw_check).
// Registered paths: data out.
module flexor_ram #(
  parameter integer Width = 8,
  parameter integer Depth = 2,
  parameter integer AddrBits = 1
) (
  input  wire                clk_i,
  input  wire                wr_en_i,
  input  wire [AddrBits-1:0] wr_addr_i,
  input  wire [Width-1:0]    wr_data_i,
  input  wire                rd_en_i,
  input  wire [AddrBits-1:0] rd_addr_i,
  output reg  [Width-1:0]    rd_data_o
);

  (* no_rw_check *)
  reg [Width-1:0] mem [0:Depth-1];

  always @(posedge clk_i) begin
    if (wr_en_i) mem[wr_addr_i] <= wr_data_i;
    if (rd_en_i) rd_data_o <= mem[rd_addr_i];
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Depth >= 1 && AddrBits >= $clog2(Depth))) begin
      $display("%m: error: flexor_ram needs AddrBits that hold Depth - 1");
      $stop;
    end
  end
`endif

endmodule
