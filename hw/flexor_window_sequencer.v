// Bookkeeping of a window unit: which rows of the ring are filled, where the next window lies, whether it is complete.
//
// A ring of Rows image rows is written row after row, frames without a gap, and freed row by row as windows move down.
// A window is available as soon as the last element that it needs has been written. The ring slot of window row r is
// (slot_o + r) mod Rows; row_o and col_o are the image position of the window's top left, negative inside padding.
// Not done here: storage and addresses within a row (flexor_window_serial, flexor_window_banked).
// Registered paths: every output is a function of registers only; slots, row and column are registers.
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
  output wire                      col_end_o,
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

  // Write position. used_q counts whole rows written less rows freed; it is negative while windows run ahead of rows
  // that no window needs.
  reg [ChBits-1:0] write_ch_q;
  reg signed [ColBits-1:0] write_col_q;
  reg signed [RowBits-1:0] used_q;
  wire pixel_end = write_ch_q == ChLast;
  wire row_end = pixel_end && (write_col_q == WidthLast);

  assign room_o = used_q < RowsFull;
  assign write_pixel_end_o = pixel_end;
  assign write_row_end_o = row_end;

  // Window position. first_row is the first image row that is not freed yet.
  wire last_col = col_o == LastCol;
  wire last_row = row_o == LastRow;
  wire signed [RowBits-1:0] next_row = row_o + RowStep;
  wire signed [RowBits-1:0] first_row = (row_o < RowZero) ? RowZero : row_o;
  wire signed [RowBits-1:0] next_first_row = (next_row < RowZero) ? RowZero : next_row;
  wire signed [RowBits-1:0] bottom_row = row_o + Bottom;
  wire signed [RowBits-1:0] need_row = (bottom_row > HeightLast) ? HeightLast : bottom_row;
  wire signed [ColBits-1:0] right_col = col_o + Right;
  wire signed [ColBits-1:0] need_col = (right_col > WidthLast) ? WidthLast : right_col;
  wire signed [RowBits-1:0] need = need_row - first_row;
  wire [SlotBits:0] slot_sum = {1'b0, slot_o} + (last_row ? FrameSlot : StepSlot);
  wire [SlotBits:0] slot_wrap = slot_sum - Ring;
  wire signed [RowBits-1:0] freed =
      !(done_i && last_col) ? RowZero : (last_row ? FrameRows : next_first_row) - first_row;

  assign avail_o = (used_q > need) || (used_q == need && write_col_q > need_col);
  assign col_end_o = last_col;

  wire unused_slot = slot_wrap[SlotBits] ^ slot_sum[SlotBits];

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      write_ch_q <= {ChBits{1'b0}};
      write_col_q <= {ColBits{1'b0}};
      write_slot_o <= {SlotBits{1'b0}};
      used_q <= RowZero;
      slot_o <= StartSlot;
      row_o <= StartRow;
      col_o <= StartCol;
    end else begin
      if (write_i) begin
        write_ch_q <= pixel_end ? {ChBits{1'b0}} : write_ch_q + 1'b1;
        if (pixel_end) write_col_q <= row_end ? {ColBits{1'b0}} : write_col_q + 1'b1;
        if (row_end) write_slot_o <= (write_slot_o == SlotLast) ? {SlotBits{1'b0}} : write_slot_o + 1'b1;
      end
      used_q <= used_q - freed + ((write_i && row_end) ? RowOne : RowZero);
      if (done_i) begin
        col_o <= last_col ? StartCol : col_o + ColStep;
        if (last_col) begin
          row_o <= last_row ? StartRow : next_row;
          slot_o <= (slot_sum >= Ring) ? slot_wrap[SlotBits-1:0] : slot_sum[SlotBits-1:0];
        end
      end
    end
  end

`ifndef SYNTHESIS
  always @(posedge clk_i)
    if (rst_ni && used_q > RowsFull) begin
      $display("%m: error: overflow of the ring of rows");
      $stop;
    end
`endif

endmodule
