// prove: Width=2 Words=2 Pixels=1 FrameBits=2 MemFile="scales.mem" | Width=2 Words=1 Pixels=2 FrameBits=2 MemFile="scales.mem"
// file: scales.mem: 1 2 3 0
// bounded: 10
//
// With a bank that stays in use: the n-th fetch behind the reset shows word n modulo Words of that bank, whatever the load bus
// does to the other one. (What a load writes is proven of flexor_store, when banks change of flexor_bank.)
  wire f_bank = $anyconst;
  wire [3:0] f_words = f_bank ? 4'b00_10 : 4'b11_01;
  reg [7:0] f_next = 8'd0;
  reg [7:0] f_word = 8'd0;
  reg f_shown = 1'b0;
  reg f_rewound = 1'b0;
  reg f_first = 1'b1;
  always @(posedge clk_i) begin
    f_first <= !rst_ni;
    if (!rst_ni) f_rewound <= 1'b0;
    else if (load_kind_i == 3'd1) f_rewound <= 1'b1;
    if (fetch_i) f_word <= f_next;
    if (!rst_ni) f_shown <= 1'b0;
    else if (fetch_i) f_shown <= 1'b1;
    if (!rst_ni) f_next <= 0;
    else if (fetch_i) f_next <= (f_next == Words - 1) ? 0 : f_next + 1'b1;
  end
  always @* begin
    assume (switch_i == {f_bank, {FrameBits{1'b0}}});
    if (load_kind_i == 3'd1) assume (load_word_i[0] != f_bank);
    if (!f_rewound) assume (load_kind_i != 3'd2);
    // Nothing is fetched in the first cycle behind a reset: no group is there yet.
    if (f_first) assume (!fetch_i);
  end
  always @* if (f_started && f_shown) assert (params_o == (f_words >> (2 * f_word)) % 4);
