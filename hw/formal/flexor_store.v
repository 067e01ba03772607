// prove: Width=2 Depth=1 AddrBits=1 Banks=1 | Width=33 Depth=3 AddrBits=2 Banks=1 | Width=2 Depth=1 AddrBits=1 | Width=2 Depth=2 AddrBits=1 | Width=33 Depth=1 AddrBits=1 | Width=1 Depth=3 AddrBits=2
//
// Any word of any bank: the beats of a load that are its own write it and nothing else, a read-back answers with it, all
// other beats pass, and what a unit reads is what was written last.
  localparam integer FBeats = Depth * Columns;
  reg [2:0] f_kind = 3'd0;
  reg [31:0] f_word;
  reg f_bank;
  // Own beats since the rewind; as many as there are: full.
  reg [7:0] f_count = FBeats;
  wire f_own = (f_kind == 3'd2 || f_kind == 3'd3) && f_count < FBeats;
  wire [7:0] f_place = (Banks == 2) ? 2 * (f_count / Columns) + f_bank : f_count / Columns;
  wire [7:0] f_shows = (Banks == 2) ? 2 * addr_i + bank_i : addr_i;
  wire [7:0] f_column = f_count % Columns;
  // The marked place, and which of its columns are known.
  wire [7:0] f_mark = $anyconst;
  reg [32*Columns-1:0] f_value = 0;
  reg [Columns-1:0] f_known = 0;
  wire f_written = rst_ni && f_own && f_kind == 3'd2 && f_place == f_mark;
  // What goes out.
  reg [2:0] f_out_kind = 3'd0;
  reg f_out_known = 1'b0;
  reg [31:0] f_out_word;
  reg f_shown = 1'b0;
  reg [Width-1:0] f_expected;
  always @* assume (f_mark < Banks * Depth);
  always @(posedge clk_i) begin
    f_word <= load_word_i;
    f_kind <= rst_ni ? load_kind_i : 3'd0;
    if (f_kind == 3'd1) f_bank <= f_word[0];
    if (!rst_ni) f_count <= FBeats;
    else if (f_kind == 3'd1) f_count <= 0;
    else if (f_own) f_count <= f_count + 1'b1;
    if (f_written) begin
      f_known[f_column] <= 1'b1;
      f_value[32*f_column+:32] <= f_word;
    end
    f_out_kind <= !rst_ni ? 3'd0 : !f_own ? f_kind : (f_kind == 3'd2) ? 3'd0 : 3'd4;
    f_out_known <= !f_own || (f_place == f_mark && f_known[f_column]);
    f_out_word <= !f_own ? f_word : (f_column == Columns - 1) ?
        f_value[32*f_column+:32] & ~({32{1'b1}} << (Width - 32 * (Columns - 1))) : f_value[32*f_column+:32];
    if (en_i) begin
      f_shown <= &f_known && f_shows == f_mark && !f_written;
      f_expected <= f_value[Width-1:0];
    end
  end
  genvar f_c;
  generate
    for (f_c = 0; f_c < Columns; f_c = f_c + 1) begin : f_each
      localparam integer FBits = (f_c == Columns - 1) ? Width - 32 * f_c : 32;
      always @* if (f_known[f_c]) assert (mem[f_mark[PlaceBits-1:0]][32*f_c+:FBits] == f_value[32*f_c+:FBits]);
    end
  endgenerate
  always @*
    if (f_started) begin
      assert (kind1_q == f_kind && data1_q == f_word);
      assert (f_count <= FBeats && full_q == (f_count == FBeats));
      if (!full_q) assert (addr_q == f_count / Columns && column_q == f_column && bank_q == f_bank);
      assert (load_kind_o == f_out_kind);
      if (f_out_kind != 3'd0 && f_out_known) assert (load_word_o == f_out_word);
      if (f_shown) assert (data_o == f_expected);
    end
