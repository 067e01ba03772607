// prove: WordBits=4 RowBits=2 RowsPerWord=2 | WordBits=5 RowBits=2 RowsPerWord=3 | WordBits=2 RowBits=2 RowsPerWord=1
// assume-row: RowBits
//
// A word is the last RowsPerWord rows that were taken, the first one lowest, counted from the reset.
  reg [RowsPerWord*RowBits-1:0] f_rows;
  reg [7:0] f_count = 8'd0;
  wire f_take = row_valid_i && row_ready_o;
  wire [RowsPerWord*RowBits-1:0] f_all = f_rows | ({{(RowsPerWord * RowBits) {1'b0}}} + row_i) << (f_count * RowBits);
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_count <= 0;
      f_rows <= 0;
    end else if (f_take) begin
      f_count <= (f_count == RowsPerWord - 1) ? 0 : f_count + 1'b1;
      f_rows <= (f_count == RowsPerWord - 1) ? 0 : f_all;
    end
  always @*
    if (f_started) begin
      assert (f_count < RowsPerWord);
      assert (word_valid_o == (row_valid_i && f_count == RowsPerWord - 1));
      assert (row_ready_o == (f_count != RowsPerWord - 1 || word_ready_i));
      assert (f_rows >> (f_count * RowBits) == 0);
      if (word_valid_o) assert (word_o == f_all[WordBits-1:0]);
    end
  generate
    if (RowsPerWord > 1) begin : f_gather
      wire [RowsPerWord*RowBits-1:0] f_shifted = f_rows << ((RowsPerWord - 1 - f_count) * RowBits);
      always @*
        if (f_started) begin
          assert (g_gather.count_q == f_count);
          assert ((g_gather.gathered_q >> ((RowsPerWord - 1 - f_count) * RowBits)) == f_rows[(RowsPerWord-1)*RowBits-1:0]);
        end
    end
  endgenerate
