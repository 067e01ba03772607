// prove: Bits=2 OutBits=2 Signed=1 Height=2 Width=2 Channels=2 OutHeight=1 OutWidth=1 | Bits=1 OutBits=1 Height=2 Width=3 Channels=1 OutHeight=1 OutWidth=1 | Maximum=0 Bits=2 Signed=1 OutBits=4 Height=2 Width=4 Channels=1 OutHeight=1 OutWidth=2 | Maximum=0 Bits=2 OutBits=4 Height=3 Width=3 Channels=2 InWidth=2 KernelH=2 KernelW=2 PadTop=1 PadLeft=1 OutHeight=2 OutWidth=2
// bounded: 10
// holds: in
// gives: out
//
// The maximum or the exact sum of the elements of a window that are in the image, channel by channel, with its last one;
// nothing leaves before. Values are kept with 8 bits a lane and window.
  localparam integer FBeats = Channels / InWidth;
  localparam integer FLanes = OutWidth * Channels;
  reg [7:0] f_beat = 8'd0;
  reg [7:0] f_x = 8'd0;
  reg [7:0] f_y = 8'd0;
  reg [8*FLanes-1:0] f_all = 0;
  wire f_take = in_valid_i && in_ready_o;
  wire [7:0] f_column = (f_x + PadLeft) / KernelW;
  wire [7:0] f_row = (f_y + PadTop) / KernelH;
  wire f_inside = f_column < OutWidth && f_row < OutHeight;
  wire f_first = (f_x == 0 || f_x + PadLeft == f_column * KernelW) && (f_y == 0 || f_y + PadTop == f_row * KernelH);
  wire f_last = f_inside && (f_x == Width - 1 || f_x + PadLeft == f_column * KernelW + KernelW - 1) &&
      (f_y == Height - 1 || f_y + PadTop == f_row * KernelH + KernelH - 1);
  wire [15:0] f_place = 8 * (f_column * Channels + f_beat * InWidth);
  wire [8*InWidth-1:0] f_old = f_all >> f_place;
  wire [8*InWidth-1:0] f_new;
  genvar f_w;
  generate
    for (f_w = 0; f_w < InWidth; f_w = f_w + 1) begin : f_lane
      wire [Bits-1:0] f_in = in_data_i[f_w*Bits+:Bits];
      wire signed [7:0] f_term = $signed({{(8 - Bits) {(Signed != 0) && f_in[Bits-1]}}, f_in});
      wire signed [7:0] f_was = $signed(f_old[8*f_w+:8]);
      assign f_new[8*f_w+:8] = f_first ? f_term : (Maximum == 0) ? f_was + f_term : (f_term > f_was) ? f_term : f_was;
      always @*
        if (f_started && out_valid_o)
          assert ({{(8 - OutBits) {(Signed != 0) && out_data_o[f_w*OutBits+OutBits-1]}}, out_data_o[f_w*OutBits+:OutBits]} == f_new[8*f_w+:8]);
    end
  endgenerate
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_beat <= 0;
      f_x <= 0;
      f_y <= 0;
    end else if (f_take) begin
      f_beat <= (f_beat == FBeats - 1) ? 0 : f_beat + 1'b1;
      if (f_beat == FBeats - 1) begin
        f_x <= (f_x == Width - 1) ? 0 : f_x + 1'b1;
        if (f_x == Width - 1) f_y <= (f_y == Height - 1) ? 0 : f_y + 1'b1;
      end
      if (f_inside)
        f_all <= (f_all & ~(({{(8 * FLanes) {1'b0}}} | {(8 * InWidth) {1'b1}}) << f_place)) |
            (({{(8 * FLanes) {1'b0}}} | f_new) << f_place);
    end
  always @*
    if (f_started) begin
      assert (out_valid_o == (in_valid_i && f_last));
      if (!f_last) assert (in_ready_o);
    end
