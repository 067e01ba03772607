// prove: Pixels=1 FrameBits=2 | Pixels=2 FrameBits=2 | Pixels=3 FrameBits=3
//
// For any switch that stays: frames before it use bank 0, that frame and all later ones its bank; a pixel sees one bank, and
// next_o is the bank of what follows done_i. late_o is 1 only where the bank changes before its frame begins.
  wire [FrameBits:0] f_switch = $anyconst;
  reg [FrameBits-1:0] f_frame = 0;
  reg [7:0] f_pixel = 8'd0;
  // Frames are counted until they wrap.
  reg f_reached = 1'b0;
  wire f_end = done_i && f_pixel == Pixels - 1;
  wire [FrameBits-1:0] f_following = f_frame + f_end;
  wire f_now = f_reached || f_frame == f_switch[FrameBits-1:0];
  wire f_then = f_reached || f_now || f_following == f_switch[FrameBits-1:0];
  reg f_first = 1'b1;
  always @(posedge clk_i) f_first <= !rst_ni;
  always @* begin
    assume (switch_i == f_switch);
    // Nothing has been read in the first cycle behind a reset, so no pixel ends there.
    if (f_first) assume (!done_i);
  end
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_frame <= 0;
      f_pixel <= 0;
      f_reached <= 1'b0;
    end else begin
      f_frame <= f_following;
      if (done_i) f_pixel <= (f_pixel == Pixels - 1) ? 0 : f_pixel + 1'b1;
      f_reached <= f_then;
    end
  always @*
    if (f_started) begin
      assert (frame_q == f_frame && pixel_q == f_pixel && f_pixel < Pixels);
      assert (bank_q == (f_reached && f_switch[FrameBits]));
      if (!f_first && rst_ni && f_now) assert (f_reached);
      assert (bank_o == (f_now && f_switch[FrameBits]));
      assert (next_o == (f_then && f_switch[FrameBits]));
      assert (late_o == (!f_end && next_o != (f_reached && f_switch[FrameBits])));
      assert (settled_o == ((f_reached && f_switch[FrameBits]) == f_switch[FrameBits]));
    end
