// prove: Rows=1 AddrBits=1 Pixels=1 FrameBits=2 | Rows=2 AddrBits=1 Pixels=1 FrameBits=2 | Rows=2 AddrBits=1 Pixels=2 FrameBits=2
// bounded: 12
//
// Words of all rows of a pixel: each is read whole and in order from the bank of its frame, also where the switch comes while
// rows have been read ahead.
  reg f_first = 1'b1;
  reg [7:0] f_shown;
  reg f_shown_bank;
  reg [7:0] f_next = 8'd0;
  reg f_of;
  reg f_mixed = 1'b0;
  reg [7:0] f_pixel = 8'd0;
  reg [FrameBits-1:0] f_frame = 0;
  reg [FrameBits:0] f_switch = 0;
  reg f_bank = 1'b0;
  wire f_taken = valid_o && ready_i && !drop_o;
  wire f_end = f_taken && f_next == Rows - 1;
  wire f_frame_end = f_end && f_pixel == Pixels - 1;
  wire f_now = (f_frame == switch_i[FrameBits-1:0]) ? switch_i[FrameBits] : f_bank;
  always @(posedge clk_i) begin
    f_first <= !rst_ni;
    if (en_o) begin
      f_shown <= addr_o;
      f_shown_bank <= bank_o;
    end
    if (!rst_ni || drop_o) f_next <= 0;
    else if (f_taken) f_next <= f_end ? 0 : f_next + 1'b1;
    if (f_taken && f_next == 0) f_of <= f_shown_bank;
    f_switch <= switch_i;
    if (!rst_ni) begin
      f_pixel <= 0;
      f_frame <= 0;
      f_bank <= 1'b0;
    end else begin
      if (f_end) f_pixel <= f_frame_end ? 0 : f_pixel + 1'b1;
      f_frame <= f_frame + f_frame_end;
      f_bank <= f_now;
    end
  end
  always @* begin
    // A word is taken with its last row.
    assume (word_take_i == f_end);
    if (f_first) assume (switch_i == 0);
    // A switch is for a frame of which no word has been taken, nor is in this cycle.
    else if (switch_i != f_switch && switch_i[FrameBits-1:0] == f_frame) assume (f_pixel == 0 && !f_end);
    // One switch at a time: the frame of the one before has begun.
    if (!f_first && switch_i != f_switch) assume (f_bank == f_switch[FrameBits]);
  end
  always @*
    if (f_started && rst_ni && f_taken) begin
      assert (f_shown == f_next);
      if (f_next != 0) assert (f_of == f_shown_bank);
      if (f_end) assert (f_shown_bank == f_now);
    end
