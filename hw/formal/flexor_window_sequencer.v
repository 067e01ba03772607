// prove: Height=2 Width=2 KernelH=2 KernelW=2 PadTop=0 PadLeft=0 OutHeight=1 OutWidth=1 Rows=3 RowBits=4 ColBits=4 | Height=2 Width=1 KernelH=3 KernelW=1 PadTop=1 PadLeft=0 OutHeight=2 OutWidth=1 Rows=3 RowBits=4 ColBits=4 | Height=3 Width=2 Channels=1 KernelH=1 KernelW=1 StrideH=2 StrideW=2 PadTop=0 PadLeft=0 OutHeight=2 OutWidth=1 Rows=2 SlotBits=1 RowBits=4 ColBits=4 | Height=2 Width=1 KernelH=3 KernelW=1 PadTop=1 PadLeft=0 OutHeight=2 OutWidth=1 Rows=3 FreeLater=1 RowBits=4 ColBits=4
// bounded: 12
//
// A window is available exactly when all that it needs of its frame has been written, there is room exactly while no row that
// is still needed would be overwritten, and slots, row and column are those of the window. One channel.
  reg [7:0] f_written = 8'd0;
  reg [7:0] f_frame = 8'd0;
  reg [7:0] f_y = 8'd0;
  reg [7:0] f_x = 8'd0;
  wire f_last_x = f_x == OutWidth - 1;
  wire f_last_y = f_y == OutHeight - 1;
  wire signed [9:0] f_top = $signed({2'd0, f_y}) * StrideH - PadTop;
  wire signed [9:0] f_left = $signed({2'd0, f_x}) * StrideW - PadLeft;
  wire signed [9:0] f_need_row = (f_top + KernelH - 1 > Height - 1) ? Height - 1 : f_top + KernelH - 1;
  wire signed [9:0] f_need_col = (f_left + KernelW - 1 > Width - 1) ? Width - 1 : f_left + KernelW - 1;
  wire [9:0] f_need = f_frame * Height * Width + f_need_row * Width + f_need_col;
  // Rows counted from the reset: the first one that is still needed, and the one that is being written.
  wire [9:0] f_first_row = f_frame * Height + ((f_top < 0) ? 0 : f_top);
  wire [9:0] f_write_row = f_written / Width;
  // With FreeLater: that of what has been read; a window whose last element waits for that holds up the next one's.
  reg [9:0] f_read_row = 10'd0;
  reg f_waits = 1'b0;
  wire [9:0] f_kept_row = (FreeLater != 0) ? f_read_row : f_first_row;
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_read_row <= 0;
      f_waits <= 1'b0;
    end else begin
      if (read_i) f_read_row <= f_first_row;
      f_waits <= done_i || (f_waits && !read_i);
    end
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_written <= 0;
      f_frame <= 0;
      f_y <= 0;
      f_x <= 0;
    end else begin
      f_written <= f_written + write_i;
      if (done_i) begin
        f_x <= f_last_x ? 0 : f_x + 1'b1;
        if (f_last_x) f_y <= f_last_y ? 0 : f_y + 1'b1;
        if (f_last_x && f_last_y) f_frame <= f_frame + 1'b1;
      end
    end
  always @* begin
    if (write_i) assume (room_o);
    if (done_i) assume (avail_o);
    if ((FreeLater != 0) && done_i) assume (!f_waits || read_i);
  end
  always @*
    if (f_started) begin
      assert (avail_o == (f_written > f_need));
      assert (room_o == ($signed({1'b0, f_write_row}) - $signed({1'b0, f_kept_row}) < Rows));
      assert (write_slot_o == f_write_row % Rows);
      assert (write_pixel_end_o && write_row_end_o == (f_written % Width == Width - 1));
      assert (row_o == f_top && col_o == f_left && col_end_o == f_last_x);
      assert ((slot_o + ((f_top < 0) ? -f_top : 0)) % Rows == f_first_row % Rows);
    end
