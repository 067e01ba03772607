// prove: WordBits=4 RowBits=2 RowsPerWord=2 Rows=4 MemFile="rows.mem" | WordBits=2 RowBits=2 RowsPerWord=1 Rows=4 Registered=0 MemFile="rows.mem"
// file: rows.mem: 1 3 2 0
// bounded: 14
//
// The words of the file in order, pixel after pixel, and the law.
  wire [7:0] f_rows = 8'b00_10_11_01;
  localparam integer FWords = Rows / RowsPerWord;
  reg [7:0] f_index = 8'd0;
  reg f_held = 1'b0;
  always @(posedge clk_i) begin
    if (!rst_ni) f_index <= 0;
    else if (word_valid_o && word_ready_i) f_index <= (f_index == FWords - 1) ? 0 : f_index + 1'b1;
    f_held <= rst_ni && word_valid_o && !word_ready_i;
  end
  always @*
    if (f_started) begin
      if (word_valid_o) assert (word_o == (f_rows >> (f_index * WordBits)) % (1 << WordBits));
      if (f_held) assert (word_valid_o);
    end
