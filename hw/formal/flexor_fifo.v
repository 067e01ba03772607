// prove: Width=1 Depth=1 | Width=2 Depth=2 | Width=2 Depth=3 | Width=3 Depth=8
// gives: out
//
// Order and values are kept, nothing is lost or doubled: an element that is marked at random when it comes in leaves as it
// is when those before it have left.
  reg f_marked = 1'b0;
  reg [Width-1:0] f_value;
  reg [CountBits-1:0] f_ahead;
  wire f_mark = $anyseq;
  wire [PtrBits:0] f_place = {1'b0, rd_q} + f_ahead;
  wire [PtrBits:0] f_wrapped = (f_place > LastI) ? f_place - Depth : f_place;
  wire [CountBits:0] f_end = {1'b0, rd_q} + count_q;

  always @(posedge clk_i)
    if (!rst_ni) f_marked <= 1'b0;
    else if (!f_marked && f_mark && push) begin
      f_marked <= 1'b1;
      f_value <= in_data_i;
      f_ahead <= count_q - pop;
    end else if (f_marked && pop) begin
      f_marked <= f_ahead != 0;
      f_ahead <= f_ahead - 1'b1;
    end

  always @*
    if (f_started) begin
      assert (count_q <= Full);
      assert (valid_q == (count_q != 0));
      assert (rd_q <= Last && wr_q <= Last);
      assert ((rd_q + count_q) % Depth == wr_q);
      assert (in_ready_o == (count_q != Full));
      if (f_marked) begin
        assert (f_ahead < count_q);
        assert (store[f_wrapped[PtrBits-1:0]] == f_value);
        if (f_ahead == 0) assert (out_valid_o && out_data_o == f_value);
      end
    end
