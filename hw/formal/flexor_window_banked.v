// prove: Bits=1 Height=2 Width=2 Channels=1 KernelH=2 KernelW=2 StrideH=1 StrideW=1 PadTop=0 PadLeft=0 OutHeight=1 OutWidth=1 Rows=4 TapLanes=1 Blocks=1 Simd=4 Steps=1 | Bits=1 Height=1 Width=3 Channels=1 KernelH=1 KernelW=2 StrideH=1 StrideW=1 PadTop=0 PadLeft=1 OutHeight=1 OutWidth=3 Rows=3 TapLanes=1 Blocks=1 Simd=2 Steps=1
// bounded: 10
// holds: in
// gives: out
//
// Every element of every window is that of the image, or 0 in the padding, each when it has been written. One channel of one bit.
  reg [31:0] f_history = 0;
  reg [7:0] f_in = 8'd0;
  reg [7:0] f_out = 8'd0;
  wire [7:0] f_window = f_out / Steps;
  wire [7:0] f_frame = f_window / (OutHeight * OutWidth);
  wire [7:0] f_y = f_window / OutWidth % OutHeight;
  wire [7:0] f_x = f_window % OutWidth;
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_in <= 0;
      f_out <= 0;
    end else begin
      if (in_valid_i && in_ready_o) begin
        f_in <= f_in + 1'b1;
        f_history <= (f_history & ~(32'd1 << f_in)) | ({31'd0, in_data_i} << f_in);
      end
      if (out_valid_o && out_ready_i) f_out <= f_out + 1'b1;
    end
  genvar f_l;
  generate
    for (f_l = 0; f_l < Simd; f_l = f_l + 1) begin : f_lane
      wire [7:0] f_v = f_l * Steps + f_out % Steps;
      wire signed [9:0] f_row = $signed({2'd0, f_y}) * StrideH - PadTop + f_v / KernelW;
      wire signed [9:0] f_col = $signed({2'd0, f_x}) * StrideW - PadLeft + f_v % KernelW;
      wire f_inside = f_row >= 0 && f_row < Height && f_col >= 0 && f_col < Width;
      wire [9:0] f_at = f_frame * Height * Width + f_row * Width + f_col;
      always @*
        if (f_started && out_valid_o && f_v < KernelH * KernelW) begin
          if (f_inside) assert (f_at < f_in && out_data_o[f_l] == f_history[f_at[4:0]]);
          else assert (!out_data_o[f_l]);
        end
    end
  endgenerate
