// Maximum or sum over windows that lie side by side, channel by channel, taken from the stream of the image as it comes.
//
// Takes an image row by row, the channels of a pixel in order, InWidth elements a beat. Of every window that is not complete
// one value a channel is kept, in a memory of one row of windows; the last element of a window gives its result. Elements of
// padding count as nothing: a maximum without them, a sum with zeros. Average pooling: 1/n is part of the scale behind it.
// Example: Height 24, Width 24, Channels 32, kernel 2x2: 12x12 results of 32 channels from 384 values in memory.
// Not done here: windows that overlap (flexor_window_serial with flexor_max_pool or flexor_sum_pool), division.
// Registered paths: none; put a flexor_fifo behind.
module flexor_stream_pool #(
  // 1: maximum, 0: sum.
  parameter integer Maximum = 1,
  parameter integer Bits = 8,
  parameter integer Signed = 0,
  parameter integer Height = 4,
  parameter integer Width = 4,
  parameter integer Channels = 2,
  // Elements of a beat; divides Channels.
  parameter integer InWidth = 1,
  parameter integer KernelH = 2,
  parameter integer KernelW = 2,
  parameter integer PadTop = 0,
  parameter integer PadLeft = 0,
  parameter integer OutHeight = 2,
  parameter integer OutWidth = 2,
  // Of a result: Bits for a maximum, else what holds KernelH * KernelW times every element.
  parameter integer OutBits = 8
) (
  input  wire                       clk_i,
  input  wire                       rst_ni,
  input  wire                       in_valid_i,
  output wire                       in_ready_o,
  input  wire [InWidth*Bits-1:0]    in_data_i,
  output wire                       out_valid_o,
  input  wire                       out_ready_i,
  output wire [InWidth*OutBits-1:0] out_data_o
);

  localparam integer Beats = Channels / InWidth;
  localparam integer BeatBits = (Beats <= 1) ? 1 : $clog2(Beats);
  localparam integer BeatLastI = Beats - 1;
  localparam [BeatBits-1:0] BeatLast = BeatLastI[BeatBits-1:0];
  localparam integer RowsSeen = (Height + PadTop > OutHeight * KernelH) ? OutHeight + 1 : OutHeight;
  localparam integer ColumnsSeen = (Width + PadLeft > OutWidth * KernelW) ? OutWidth + 1 : OutWidth;
  localparam integer RowBits = (RowsSeen <= 1) ? 1 : $clog2(RowsSeen);
  localparam integer ColumnBits = (ColumnsSeen <= 1) ? 1 : $clog2(ColumnsSeen);
  // Windows whose values are kept: those of a row, but where a window lies in one row it is complete before the next begins.
  localparam integer Kept = (KernelH == 1) ? 1 : OutWidth;

  reg [BeatBits-1:0] beat_q;
  wire [ColumnBits-1:0] column;
  wire [ColumnBits-1:0] next_column;
  wire column_first;
  wire column_last;
  wire column_outside;
  wire row_end;
  wire row_first;
  wire row_last;
  wire pixel_end = beat_q == BeatLast;
  wire take = in_valid_i && in_ready_o;
  wire result = column_last && row_last;
  // The first element of a window never meets old contents.
  wire load = column_first && row_first;
  wire [InWidth*OutBits-1:0] old;
  wire [InWidth*OutBits-1:0] value;

  flexor_pool_axis #(
    .Size(Width),
    .Kernel(KernelW),
    .Pad(PadLeft),
    .Outputs(OutWidth),
    .IndexBits(ColumnBits)
  ) u_columns (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .step_i(take && pixel_end),
    .window_o(column),
    .next_o(next_column),
    .first_o(column_first),
    .last_o(column_last),
    .outside_o(column_outside),
    .end_o(row_end)
  );

  wire [RowBits-1:0] row;
  wire [RowBits-1:0] next_row;
  wire row_outside;
  wire image_end;
  wire unused_rows = &{1'b0, row, next_row, row_outside, image_end};

  flexor_pool_axis #(
    .Size(Height),
    .Kernel(KernelH),
    .Pad(PadTop),
    .Outputs(OutHeight),
    .IndexBits(RowBits)
  ) u_rows (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .step_i(take && pixel_end && row_end),
    .window_o(row),
    .next_o(next_row),
    .first_o(row_first),
    .last_o(row_last),
    .outside_o(row_outside),
    .end_o(image_end)
  );

  genvar w;
  generate
    for (w = 0; w < InWidth; w = w + 1) begin : g_lane
      wire [OutBits-1:0] previous = old[w*OutBits+:OutBits];
      wire [OutBits-1:0] element;
      flexor_resize #(
        .InBits(Bits),
        .OutBits(OutBits),
        .Signed(Signed)
      ) u_resize (
        .in_i(in_data_i[w*Bits+:Bits]),
        .out_o(element)
      );
      if (Maximum != 0) begin : g_maximum
        // A leading 1 for numbers that are not negative makes two's complement order the order of unsigned numbers.
        wire new_positive = (Signed == 0) || !element[OutBits-1];
        wire old_positive = (Signed == 0) || !previous[OutBits-1];
        wire larger = {new_positive, element} > {old_positive, previous};
        assign value[w*OutBits+:OutBits] = (load || larger) ? element : previous;
      end else begin : g_sum
        assign value[w*OutBits+:OutBits] = (load ? {OutBits{1'b0}} : previous) + element;
      end
    end
    // A value is read while the beat before it is taken. With one beat a pixel the value of the window at hand is the one
    // that is just made, which the memory does not have yet.
    if (Beats == 1) begin : g_beat
      reg [InWidth*OutBits-1:0] value_q;
      always @(posedge clk_i) if (take && !column_outside) value_q <= value;
      if (Kept == 1) begin : g_window
        wire unused_column = &{1'b0, column, next_column};
        assign old = value_q;
      end else begin : g_row
        wire [InWidth*OutBits-1:0] kept;
        flexor_ram #(
          .Width(InWidth * OutBits),
          .Depth(Kept),
          .AddrBits(ColumnBits)
        ) u_kept (
          .clk_i(clk_i),
          .wr_en_i(take && !column_outside),
          .wr_addr_i(column),
          .wr_data_i(value),
          .rd_en_i(take),
          .rd_addr_i(next_column),
          .rd_data_o(kept)
        );
        assign old = column_first ? kept : value_q;
      end
    end else begin : g_beats
      wire [BeatBits-1:0] next_beat = pixel_end ? {BeatBits{1'b0}} : beat_q + 1'b1;
      localparam integer AddrBits = (Kept == 1) ? BeatBits : ColumnBits + BeatBits;
      localparam integer Depth = (Kept - 1) * (1 << BeatBits) + Beats;
      wire [AddrBits-1:0] wr_addr;
      wire [AddrBits-1:0] rd_addr;
      if (Kept == 1) begin : g_window
        wire unused_column = &{1'b0, column, next_column};
        assign wr_addr = beat_q;
        assign rd_addr = next_beat;
      end else begin : g_row
        assign wr_addr = {column, beat_q};
        assign rd_addr = {pixel_end ? next_column : column, next_beat};
      end
      flexor_ram #(
        .Width(InWidth * OutBits),
        .Depth(Depth),
        .AddrBits(AddrBits)
      ) u_kept (
        .clk_i(clk_i),
        .wr_en_i(take && !column_outside),
        .wr_addr_i(wr_addr),
        .wr_data_i(value),
        .rd_en_i(take),
        .rd_addr_i(rd_addr),
        .rd_data_o(old)
      );
    end
  endgenerate

  assign in_ready_o = !result || out_ready_i;
  assign out_valid_o = in_valid_i && result;
  assign out_data_o = value;

  always @(posedge clk_i) begin
    if (!rst_ni) beat_q <= {BeatBits{1'b0}};
    else if (take) beat_q <= pixel_end ? {BeatBits{1'b0}} : beat_q + 1'b1;
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Channels % InWidth == 0)) begin
      $display("%m: error: flexor_stream_pool needs InWidth that divides Channels");
      $stop;
    end
    if (!(OutBits >= Bits)) begin
      $display("%m: error: flexor_stream_pool needs OutBits of at least Bits");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(InWidth * OutBits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
