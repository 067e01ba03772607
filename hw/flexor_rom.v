// Memory read in the cycle after its address, contents from a file; the output holds while en_i is low.
//
// Example: flexor_rom #(.Width(48), .Depth(3), .MemFile("mem/conv1_weights.mem")) holds three words of four slices.
// RamStyle: "auto" leaves it to synthesis whether it becomes block RAM or LUTs, "block" and "distributed" say it.
// Not done here: writing. Registered paths: data out.
module flexor_rom #(
  parameter integer Width = 8,
  parameter integer Depth = 2,
  parameter integer AddrBits = 1,
  parameter RamStyle = "auto",
  parameter MemFile = ""
) (
  input  wire                clk_i,
  input  wire                en_i,
  input  wire [AddrBits-1:0] addr_i,
  output reg  [Width-1:0]    data_o
);

`ifdef YOSYS
  // Yosys knows distributed RAM as RAM alone; what is to be no memory of its own is called registers there.
  (* rom_style = (RamStyle == "distributed") ? "registers" : RamStyle *)
`else
  (* rom_style = RamStyle *)
`endif
  reg [Width-1:0] mem [0:Depth-1];

  generate
    if (MemFile != "") begin : g_contents
      initial $readmemh(MemFile, mem);
    end else begin : g_empty
      // Tools that look at the module with its default parameters find no file to read.
      initial mem[0] = {Width{1'b0}};
    end
  endgenerate

  always @(posedge clk_i) if (en_i) data_o <= mem[addr_i];

`ifndef SYNTHESIS
  initial begin
    if (!(Depth >= 1 && AddrBits >= $clog2(Depth))) begin
      $display("%m: error: flexor_rom needs AddrBits that hold Depth - 1");
      $stop;
    end
    if (RamStyle == "") begin
      $display("%m: error: flexor_rom needs RamStyle auto, block or distributed");
      $stop;
    end
  end
`endif

endmodule
