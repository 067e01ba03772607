// prove: Width=2 Depth=3 AddrBits=2 | Width=1 Depth=1 AddrBits=1 | Width=2 Banks=3 Depth=2 AddrBits=1 | Width=2 Depth=4 AddrBits=2
//
// Any word of any bank: what was written last is what a read shows in the next cycle, until the next read, whatever is
// written into the other banks. (A read of the word that is being written may give anything.)
  localparam integer FBankBits = (Banks <= 1) ? 1 : $clog2(Banks);
  wire [AddrBits-1:0] f_addr = $anyconst;
  wire [FBankBits-1:0] f_bank = $anyconst;
  wire [Width-1:0] f_held = mem[f_addr][f_bank*Width+:Width];
  wire f_write = wr_en_i[f_bank] && wr_addr_i == f_addr;
  reg f_written = 1'b0;
  reg [Width-1:0] f_value;
  reg f_shown = 1'b0;
  reg [Width-1:0] f_expected;
  always @* assume (f_addr < Depth && f_bank < Banks);
  always @(posedge clk_i) begin
    if (f_write) begin
      f_written <= 1'b1;
      f_value <= wr_data_i;
    end
    if (rd_en_i) begin
      f_shown <= f_written && rd_addr_i == f_addr && !f_write;
      f_expected <= f_value;
    end
  end
  always @* begin
    if (f_written) assert (f_held == f_value);
    if (f_shown) assert (rd_data_o[f_bank*Width+:Width] == f_expected);
  end
