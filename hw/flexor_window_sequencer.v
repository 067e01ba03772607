// Bookkeeping of a window unit: which rows of the ring are filled, where the next window lies, whether it is complete.
//
// A ring of Rows image rows is written row after row, frames without a gap, and freed row by row as windows move down.
// A window is available as soon as the last element that it needs has been written. The ring slot of window row r is
// (slot_o + r) mod Rows; row_o and col_o are the image position of the window's top left, negative inside padding.
// With FreeLater = 1 the rows that a window was the last to need are not free when done_i says that the next one is wanted, but
// with the next read_i: the last element may still wait for its turn to be read.
// Not done here: storage and addresses within a row (flexor_window_serial, flexor_window_banked).
// Registered paths: every output is a function of registers only; slots, row, column and col_end_o are registers. What a
// window needs and frees is worked out one window ahead, so that a comparison of registers says whether it is complete.
module flexor_window_sequencer #(
  parameter integer Height = 4,
  parameter integer Width = 4,
  parameter integer Channels = 1,
  parameter integer KernelH = 3,
  parameter integer KernelW = 3,
  parameter integer StrideH = 1,
  parameter integer StrideW = 1,
  parameter integer PadTop = 1,
  parameter integer PadLeft = 1,
  parameter integer OutHeight = 4,
  parameter integer OutWidth = 4,
  parameter integer Rows = 4,
  parameter integer FreeLater = 0,
  parameter integer SlotBits = 2,
  // Signed widths of row and column positions.
  parameter integer RowBits = 8,
  parameter integer ColBits = 8
) (
  input  wire                      clk_i,
  input  wire                      rst_ni,
  // An element is written; there is room for one.
  input  wire                      write_i,
  output wire                      room_o,
  output wire                      write_pixel_end_o,
  output wire                      write_row_end_o,
  output reg  [SlotBits-1:0]       write_slot_o,
  // The current window is complete; it has been read and the next one is wanted.
  output wire                      avail_o,
  input  wire                      done_i,
  // An element is read, behind the one that came before; with FreeLater = 1.
  input  wire                      read_i,
  output reg                       col_end_o,
  output reg  [SlotBits-1:0]       slot_o,
  output reg  signed [RowBits-1:0] row_o,
  output reg  signed [ColBits-1:0] col_o
);

  localparam integer ChBits = (Channels <= 1) ? 1 : $clog2(Channels);
  localparam integer ChLastI = Channels - 1;
  localparam integer SlotLastI = Rows - 1;
  localparam integer WidthLastI = Width - 1;
  localparam integer HeightLastI = Height - 1;
  localparam integer BottomI = KernelH - 1;
  localparam integer RightI = KernelW - 1;
  localparam integer StartRowI = -PadTop;
  localparam integer StartColI = -PadLeft;
  localparam integer LastRowI = (OutHeight - 1) * StrideH - PadTop;
  localparam integer LastColI = (OutWidth - 1) * StrideW - PadLeft;
  // Ring steps: top of a frame's first window, next window row, next frame.
  localparam integer StartSlotI = (Rows - (PadTop % Rows)) % Rows;
  localparam integer StepSlotI = StrideH % Rows;
  localparam integer FrameSlotI = ((Height - (OutHeight - 1) * StrideH) % Rows + Rows) % Rows;
  localparam [ChBits-1:0] ChLast = ChLastI[ChBits-1:0];
  localparam [SlotBits-1:0] SlotLast = SlotLastI[SlotBits-1:0];
  localparam [SlotBits-1:0] StartSlot = StartSlotI[SlotBits-1:0];
  localparam [SlotBits:0] StepSlot = StepSlotI[SlotBits:0];
  localparam [SlotBits:0] FrameSlot = FrameSlotI[SlotBits:0];
  localparam [SlotBits:0] Ring = Rows[SlotBits:0];
  localparam signed [ColBits-1:0] WidthLast = WidthLastI[ColBits-1:0];
  localparam signed [RowBits-1:0] HeightLast = HeightLastI[RowBits-1:0];
  localparam signed [RowBits-1:0] Bottom = BottomI[RowBits-1:0];
  localparam signed [ColBits-1:0] Right = RightI[ColBits-1:0];
  localparam signed [RowBits-1:0] StartRow = StartRowI[RowBits-1:0];
  localparam signed [ColBits-1:0] StartCol = StartColI[ColBits-1:0];
  localparam signed [RowBits-1:0] LastRow = LastRowI[RowBits-1:0];
  localparam signed [ColBits-1:0] LastCol = LastColI[ColBits-1:0];
  localparam signed [RowBits-1:0] RowStep = StrideH[RowBits-1:0];
  localparam signed [ColBits-1:0] ColStep = StrideW[ColBits-1:0];
  localparam signed [RowBits-1:0] RowsFull = Rows[RowBits-1:0];
  localparam signed [RowBits-1:0] FrameRows = Height[RowBits-1:0];
  localparam signed [RowBits-1:0] RowZero = {RowBits{1'b0}};
  localparam signed [RowBits-1:0] RowOne = 1;
  // Of the window after the first one, and of the first window itself.
  localparam integer OneRow = (OutHeight == 1) ? 1 : 0;
  localparam integer OneCol = (OutWidth == 1) ? 1 : 0;
  localparam integer NextRowI = (OneRow != 0) ? StartRowI : StartRowI + StrideH;
  localparam integer NextColI = (OneCol != 0) ? StartColI : StartColI + StrideW;
  localparam integer NextSlotI = (StartSlotI + ((OneRow != 0) ? FrameSlotI : StepSlotI)) % Rows;
  localparam integer StartBottomI = StartRowI + BottomI;
  localparam integer StartRightI = StartColI + RightI;
  localparam integer StartNeedI = ((StartBottomI > HeightLastI) ? HeightLastI : StartBottomI) - Rows;
  localparam integer StartNeedColI = (StartRightI > WidthLastI) ? WidthLastI : StartRightI;
  localparam integer StartFreeI = (OneRow != 0) ? Height : (NextRowI < 0) ? 0 : NextRowI;
  // Whether a window reaches over the image: else it needs and frees the same everywhere but at the end of a frame.
  localparam integer ClipRows = (PadTop > 0 || LastRowI + BottomI > HeightLastI) ? 1 : 0;
  localparam signed [RowBits-1:0] NextRow = NextRowI[RowBits-1:0];
  localparam signed [ColBits-1:0] NextCol = NextColI[ColBits-1:0];
  localparam [SlotBits-1:0] NextSlot = NextSlotI[SlotBits-1:0];
  localparam signed [RowBits-1:0] StartNeed = StartNeedI[RowBits-1:0];
  localparam signed [ColBits-1:0] StartNeedCol = StartNeedColI[ColBits-1:0];
  localparam signed [RowBits-1:0] StartFree = StartFreeI[RowBits-1:0];

  // Write position. fill_q counts whole rows written less rows freed, less Rows: there is room while it is negative. Rows
  // written less rows freed are negative while windows run ahead of rows that no window needs.
  reg [ChBits-1:0] write_ch_q;
  reg signed [ColBits-1:0] write_col_q;
  reg signed [RowBits-1:0] fill_q;
  wire pixel_end = write_ch_q == ChLast;
  wire row_end = pixel_end && (write_col_q == WidthLast);

  assign write_pixel_end_o = pixel_end;
  assign write_row_end_o = row_end;

  // The window: whole rows that it needs, less Rows, the last column that it needs of the row behind them, the rows that go
  // once its image row of windows is done. Rows count from the first one that is not freed yet.
  reg signed [RowBits-1:0] need_q;
  reg signed [ColBits-1:0] need_col_q;
  reg signed [RowBits-1:0] free_q;
  // Position of the window after it, and of the row of windows after its row.
  reg signed [ColBits-1:0] next_col_q;
  reg signed [RowBits-1:0] next_row_q;
  reg [SlotBits-1:0] next_slot_q;

  wire next_last_row = next_row_q == LastRow;
  wire next_last_col = next_col_q == LastCol;
  wire signed [RowBits-1:0] after_row = next_row_q + RowStep;
  wire signed [RowBits-1:0] first_row = next_row_q[RowBits-1] ? RowZero : next_row_q;
  wire signed [RowBits-1:0] after_first = after_row[RowBits-1] ? RowZero : after_row;
  wire signed [RowBits-1:0] bottom_row = next_row_q + Bottom;
  wire signed [RowBits-1:0] need_row = (bottom_row > HeightLast) ? HeightLast : bottom_row;
  wire signed [ColBits-1:0] right_col = next_col_q + Right;
  wire signed [RowBits-1:0] need_clipped = need_row - first_row - RowsFull;
  wire signed [RowBits-1:0] free_clipped = (next_last_row ? FrameRows : after_first) - first_row;
  wire signed [RowBits-1:0] free_inside = next_last_row ? FrameRows - LastRow : RowStep;
  wire [SlotBits:0] slot_sum = {1'b0, next_slot_q} + (next_last_row ? FrameSlot : StepSlot);
  wire [SlotBits:0] slot_wrap = slot_sum - Ring;
  wire leave = done_i && col_end_o;

  generate
    if (FreeLater == 0) begin : g_free_now
      wire unused_read = read_i;
      assign room_o = fill_q[RowBits-1];
    end else begin : g_free_later
      // As fill_q, for the rows that are freed when they have been read; those that wait for it.
      reg signed [RowBits-1:0] kept_q;
      reg signed [RowBits-1:0] waiting_q;
      assign room_o = kept_q[RowBits-1];
      always @(posedge clk_i) begin
        if (!rst_ni) begin
          kept_q <= -RowsFull;
          waiting_q <= RowZero;
        end else begin
          kept_q <= kept_q - (read_i ? waiting_q : RowZero) + ((write_i && row_end) ? RowOne : RowZero);
          if (leave) waiting_q <= free_q;
          else if (read_i) waiting_q <= RowZero;
        end
      end
`ifndef SYNTHESIS
      always @(posedge clk_i)
        if (rst_ni && kept_q > RowZero) begin
          $display("%m: error: overflow of the ring of rows that are still read");
          $stop;
        end
`endif
    end
  endgenerate

  // Columns are compared behind rows; their signs are turned, since the lower part of a number has none.
  wire signed [RowBits+ColBits-1:0] there = {fill_q, ~write_col_q[ColBits-1], write_col_q[ColBits-2:0]};
  wire signed [RowBits+ColBits-1:0] wanted = {need_q, ~need_col_q[ColBits-1], need_col_q[ColBits-2:0]};
  assign avail_o = there > wanted;

  wire unused_slot = slot_wrap[SlotBits] ^ slot_sum[SlotBits];
  wire unused_rows = ^{need_clipped, free_clipped, free_inside};

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      write_ch_q <= {ChBits{1'b0}};
      write_col_q <= {ColBits{1'b0}};
      write_slot_o <= {SlotBits{1'b0}};
      fill_q <= -RowsFull;
      slot_o <= StartSlot;
      row_o <= StartRow;
      col_o <= StartCol;
      col_end_o <= OneCol != 0;
      need_q <= StartNeed;
      need_col_q <= StartNeedCol;
      free_q <= StartFree;
      next_slot_q <= NextSlot;
      next_row_q <= NextRow;
      next_col_q <= NextCol;
    end else begin
      if (write_i) begin
        write_ch_q <= pixel_end ? {ChBits{1'b0}} : write_ch_q + 1'b1;
        if (pixel_end) write_col_q <= row_end ? {ColBits{1'b0}} : write_col_q + 1'b1;
        if (row_end) write_slot_o <= (write_slot_o == SlotLast) ? {SlotBits{1'b0}} : write_slot_o + 1'b1;
      end
      fill_q <= fill_q - (leave ? free_q : RowZero) + ((write_i && row_end) ? RowOne : RowZero);
      if (done_i) begin
        col_o <= next_col_q;
        col_end_o <= next_last_col;
        need_col_q <= (right_col > WidthLast) ? WidthLast : right_col;
        next_col_q <= next_last_col ? StartCol : next_col_q + ColStep;
      end
      if (leave) begin
        row_o <= next_row_q;
        slot_o <= next_slot_q;
        need_q <= (ClipRows != 0) ? need_clipped : StartNeed;
        free_q <= (ClipRows != 0) ? free_clipped : free_inside;
        next_row_q <= next_last_row ? StartRow : after_row;
        next_slot_q <= (slot_sum >= Ring) ? slot_wrap[SlotBits-1:0] : slot_sum[SlotBits-1:0];
      end
    end
  end

`ifndef SYNTHESIS
  always @(posedge clk_i)
    if (rst_ni && fill_q > RowZero) begin
      $display("%m: error: overflow of the ring of rows");
      $stop;
    end
`endif

endmodule
