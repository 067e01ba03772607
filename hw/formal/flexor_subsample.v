// prove: Bits=1 Height=2 Width=3 Channels=1 StrideH=2 StrideW=2 Before=0 After=1 | Bits=1 Height=1 Width=1 Channels=2 StrideH=1 StrideW=1 Before=1 After=0
// bounded: 12
// holds: in
// gives: out
//
// What leaves is, pixel by pixel of those that are kept, the zeros before, the channels as they came, the zeros behind.
  localparam integer FPlaces = Before + Channels + After;
  localparam integer FColumns = (Width + StrideW - 1) / StrideW;
  localparam integer FKept = FColumns * ((Height + StrideH - 1) / StrideH);
  reg [31:0] f_history = 0;
  reg [7:0] f_in = 8'd0;
  reg [7:0] f_out = 8'd0;
  wire [7:0] f_pixel = f_out / FPlaces;
  wire [7:0] f_place = f_out % FPlaces;
  wire [7:0] f_frame = f_pixel / FKept;
  wire [7:0] f_row = f_pixel % FKept / FColumns * StrideH;
  wire [7:0] f_col = f_pixel % FColumns * StrideW;
  wire [9:0] f_at = ((f_frame * Height + f_row) * Width + f_col) * Channels + f_place - Before;
  wire f_is = f_place >= Before && f_place < Before + Channels;
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
  always @*
    if (f_started && out_valid_o) begin
      if (f_is) assert (f_at == f_in && out_data_o == in_data_i && in_ready_o == out_ready_i);
      else assert (!out_data_o);
    end
