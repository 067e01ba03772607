// prove: Rows=1 AddrBits=1 | Rows=5 AddrBits=3 | Rows=8 AddrBits=3
//
// The rows that are taken are 0, 1, ..., Rows - 1, 0, ...; the row shown is the one before the next address, and it stays.
  reg [AddrBits-1:0] f_shown;
  reg [AddrBits-1:0] f_next;
  always @(posedge clk_i) begin
    if (en_o) f_shown <= addr_o;
    if (!rst_ni) f_next <= 0;
    else if (valid_o && ready_i) f_next <= (f_next == Last) ? 0 : f_next + 1'b1;
  end
  always @*
    if (f_started) begin
      assert (addr_o <= Last && f_next <= Last);
      if (valid_o) assert (f_shown == f_next && addr_o == ((f_next == Last) ? 0 : f_next + 1'b1));
      else assert (addr_o == 0 && f_next == 0 && en_o);
    end
