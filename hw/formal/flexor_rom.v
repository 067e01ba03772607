// prove: Width=2 Depth=3 AddrBits=2 MemFile="rom.mem"
// file: rom.mem: 1 2 3
//
// A read shows the word of the file in the next cycle, until the next read.
  reg f_shown = 1'b0;
  reg [AddrBits-1:0] f_addr;
  always @(posedge clk_i)
    if (en_i) begin
      f_shown <= addr_i < Depth;
      f_addr <= addr_i;
    end
  always @* if (f_shown) assert (data_o == f_addr + 2'd1);
