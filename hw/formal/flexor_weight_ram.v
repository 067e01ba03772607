// prove: WordBits=4 RowBits=2 RowsPerWord=2 Rows=2 Pixels=1 FrameBits=2 MemFile="rows.mem" | WordBits=2 RowBits=2 RowsPerWord=1 Rows=2 Pixels=1 FrameBits=2 MemFile="rows.mem"
// file: rows.mem: 1 2 3 0
// bounded: 12
//
// With a bank that stays in use: words of that bank in order, whatever the load bus does to the other one, and the law. (What
// a load writes is proven of flexor_store, when banks change of flexor_bank and flexor_bank_reader.)
  localparam integer FWords = Rows / RowsPerWord;
  wire f_bank = $anyconst;
  wire [7:0] f_rows = f_bank ? 8'b00_00_00_10 : 8'b00_00_11_01;
  reg [7:0] f_index = 8'd0;
  reg f_held = 1'b0;
  reg f_was_reset = 1'b1;
  // A load begins with a rewind to the other bank, as the loader sends it.
  reg f_rewound = 1'b0;
  always @(posedge clk_i) begin
    f_was_reset <= !rst_ni;
    if (!rst_ni) f_rewound <= 1'b0;
    else if (load_kind_i == 3'd1) f_rewound <= 1'b1;
    if (!rst_ni) f_index <= 0;
    else if (word_valid_o && word_ready_i) f_index <= (f_index == FWords - 1) ? 0 : f_index + 1'b1;
    f_held <= rst_ni && word_valid_o && !word_ready_i;
  end
  always @* begin
    assume (switch_i == {f_bank, {FrameBits{1'b0}}});
    if (load_kind_i == 3'd1) assume (load_word_i[0] != f_bank);
    if (!f_rewound) assume (load_kind_i != 3'd2);
    // Nothing is taken before the bank has settled behind a reset.
    if (!settled_o) assume (!word_ready_i);
  end
  always @*
    if (f_started && rst_ni && settled_o) begin
      if (word_valid_o) assert (word_o == (f_rows >> (f_index * WordBits)) % (1 << WordBits));
      if (f_held) assert (word_valid_o);
    end
