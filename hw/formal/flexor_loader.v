// prove: Words=1 Elements=1 FrameBits=2 | Words=2 Elements=2 FrameBits=2 | Words=3 Elements=1 FrameBits=3 | Words=2 Elements=2 FrameBits=2 Banks=1 | Words=1 Elements=1 FrameBits=2 Banks=1
//
// The bank in use changes only behind a packet of exactly Words words, each written once to the other bank, when the mark has
// come back; it counts from the next frame that begins. A reset keeps the bank. Answers hold, and no more come than words.
// With one bank, nothing is written before the layers have settled behind the command, and none but a whole packet lets a
// frame begin again, whatever resets come.
  reg [7:0] f_writes = 8'd0;
  reg f_to = 1'b0;
  reg f_marked = 1'b0;
  reg f_bank_held = 1'b0;
  reg f_bank;
  reg f_m_held = 1'b0;
  reg [32:0] f_m;
  reg f_decide = 1'b0;
  reg [FrameBits-1:0] f_begun;
  reg [7:0] f_element = 8'd0;
  reg [FrameBits-1:0] f_frames = 0;
  wire f_first = input_take_i && f_element == 0;
  wire f_command = Banks == 1 && rst_ni && state_q == 3'd0 && s_valid_i && s_ready_o && s_data_i == 32'd1 && !s_last_i;
  // One bank: a packet has begun and none has ended whole since.
  reg f_hold = 1'b0;
  reg f_empties = 1'b0;
  reg f_settled = 1'b0;
  always @(posedge clk_i) begin
    // What has been put on the bus since its last rewind.
    if (load_kind_o == 3'd1 && !load_word_o[1]) begin
      f_writes <= 0;
      f_to <= load_word_o[0];
    end else if (load_kind_o == 3'd2) f_writes <= f_writes + 1'b1;
    f_marked <= rst_ni && ((load_kind_o == 3'd1 && load_word_o[1]) || (f_marked && state_q == 3'd3));
    f_bank_held <= 1'b1;
    f_bank <= switch_o[FrameBits];
    f_m_held <= rst_ni && m_valid_o && !m_ready_i;
    f_m <= {m_last_o, m_data_o};
    f_decide <= rst_ni && state_q == 3'd3 && load_kind_i == 3'd1 && load_word_i[1];
    f_empties <= f_command;
    f_settled <= settled_i;
    if (f_command) f_hold <= 1'b1;
    else if (rst_ni && state_q == 3'd3 && load_kind_i == 3'd1 && load_word_i[1]) f_hold <= 1'b0;
    if (!rst_ni) begin
      f_element <= 0;
      f_frames <= 0;
    end else begin
      if (input_take_i) f_element <= (f_element == Elements - 1) ? 0 : f_element + 1'b1;
      f_frames <= f_frames + f_first;
    end
    f_begun <= f_frames + f_first;
  end
  // The mark comes back behind the loader's own rewind, which takes a cycle at least.
  always @* if (load_kind_i == 3'd1 && load_word_i[1]) assume (f_marked);
  // The top lets no frame begin while hold_o is high.
  always @* if (hold_o) assume (!input_take_i);
  wire f_put = load_kind_o == 3'd2;
  always @*
    if (f_started) begin
      assert (element_q == f_element && begun_q == f_frames && f_element < Elements);
      if (state_q == 3'd1) assert (count_q <= CountLast);
      if (state_q == 3'd1 && load_kind_o != 3'd1) assert (f_writes + f_put == count_q && (Banks == 1 || f_to != switch_o[FrameBits]));
      if (state_q == 3'd1 && load_kind_o == 3'd1)
        assert (count_q == 0 && load_word_o[31:1] == 31'd0 && (Banks == 1 || load_word_o[0] != switch_o[FrameBits]));
      if (state_q == 3'd2) assert (f_writes + f_put == Words && load_kind_o == 3'd2 && (Banks == 1 || f_to != switch_o[FrameBits]));
      if (state_q == 3'd3) assert (f_writes == Words && load_kind_o != 3'd2 && (Banks == 1 || f_to != switch_o[FrameBits]));
      if (state_q == 3'd3 && load_kind_o == 3'd1) assert (load_word_o[1]);
      if (f_bank_held && !f_decide && !f_empties) assert (switch_o[FrameBits] == f_bank);
      if (f_decide) assert (switch_o == {!f_bank, f_begun} && f_writes == Words && (Banks == 1 || f_to == switch_o[FrameBits]));
      if (f_empties) assert (switch_o == {!f_bank, f_begun});
      assert (hold_q == f_hold);
      if (Banks == 1 && load_kind_o == 3'd2) assert (f_hold && f_settled);
      if (Banks == 1 && state_q >= 3'd1 && state_q <= 3'd3) assert (f_hold);
      if (f_m_held) assert (m_valid_o && {m_last_o, m_data_o} == f_m);
      assert (m_valid_o == (state_q == 3'd6) && load_kind_o <= 3'd3);
      if (f_marked && !(load_kind_o == 3'd1 && load_word_o[1])) assert (state_q == 3'd3 || state_q == 3'd0);
      if (m_valid_o) assert (count_q <= CountLast && m_last_o == (count_q == CountLast));
      if (state_q >= 3'd4 && state_q <= 3'd6) assert (count_q <= CountLast);
    end
