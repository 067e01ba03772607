// prove: WordBits=3 RowBits=2 RowsPerWord=2 Rows=2 | WordBits=2 RowBits=2 RowsPerWord=1 Rows=3 | WordBits=2 RowBits=1 RowsPerWord=2 Rows=4
//
// error_o pulses in the cycle behind a row of which row_last_i does not say whether it ends a pass, and only then; words are
// offered once a pass has been cut into them, and hold.
  reg [7:0] f_row = 8'd0;
  reg f_error = 1'b0;
  reg f_row_held = 1'b0;
  reg [RowBits:0] f_row_data;
  reg f_word_held = 1'b0;
  reg [WordBits-1:0] f_word;
  wire f_end = f_row % RowsPerWord == RowsPerWord - 1;
  always @(posedge clk_i) begin
    f_error <= rst_ni && take && row_last_i != (f_row == Rows - 1);
    if (!rst_ni) f_row <= 0;
    else if (take) f_row <= (f_row == Rows - 1) ? 0 : f_row + 1'b1;
    f_row_held <= rst_ni && row_valid_i && !row_ready_o;
    f_row_data <= {row_last_i, row_i};
    f_word_held <= rst_ni && word_valid_o && !word_ready_i;
    f_word <= word_o;
  end
  always @* if (f_row_held) assume (row_valid_i && {row_last_i, row_i} == f_row_data);
  always @*
    if (f_started) begin
      assert (f_row < Rows && row_q == f_row && error_o == f_error);
      assert (word_valid_o == (row_valid_i && f_end));
      assert (row_ready_o == (!f_end || word_ready_i));
      if (f_word_held) assert (word_valid_o && word_o == f_word);
    end
