// Window unit that delivers one element a cycle to each of many lanes: one bank per ring row, kernel column and block of
// channels. Banks of a kernel column are read at one address, and are one memory.
//
// With TapLanes = 0 a lane is a kernel row; otherwise a lane is one kernel tap, or one of Blocks channel blocks of a tap.
// The lanes of a window lie in different banks wherever the window is; two multiplexers (ring row, kernel column) bring
// the banks' outputs to their lanes. Step t gives lane l the window element l*Steps + t; padded elements read as 0.
// Frames overlap, as in flexor_window_serial. Of a beat of InWidth elements, all of one pixel, each bank takes what belongs
// to its block and keeps it as one word; what is read is picked from a word.
// Example: kernel 3x3, 16 channels, TapLanes 1, Blocks 1: nine lanes, 16 cycles a window.
// Not done here: lanes that are not such blocks (flexor_window_serial). Registered paths: memory outputs; with AddressRegister = 1
// the addresses in the banks and which lanes lie in the image, which takes a cycle more.
module flexor_window_banked #(
  parameter integer Bits = 8,
  // Power of two; divides a block of channels or is a multiple of it.
  parameter integer InWidth = 1,
  parameter integer Height = 4,
  parameter integer Width = 4,
  parameter integer Channels = 2,
  parameter integer KernelH = 3,
  parameter integer KernelW = 3,
  parameter integer StrideH = 1,
  parameter integer StrideW = 1,
  // Pixels from one tap to the next.
  parameter integer DilationH = 1,
  parameter integer PadTop = 1,
  parameter integer PadLeft = 1,
  parameter integer OutHeight = 4,
  parameter integer OutWidth = 4,
  parameter integer Rows = 4,
  parameter integer AddressRegister = 0,
  parameter integer TapLanes = 1,
  // Divides Channels; 1 unless TapLanes.
  parameter integer Blocks = 1,
  // KernelH lanes, or KernelH*KernelW*Blocks with TapLanes.
  parameter integer Simd = 9,
  parameter integer Steps = 2
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  input  wire                    in_valid_i,
  output wire                    in_ready_o,
  input  wire [InWidth*Bits-1:0] in_data_i,
  output wire                    out_valid_o,
  input  wire                    out_ready_i,
  output wire [Simd*Bits-1:0]    out_data_o
);

  // Cols column banks: position x lies in bank x mod Cols; a bank row holds Pixels pixels of BlockSize elements.
  localparam integer SpanH = (KernelH - 1) * DilationH + 1;
  localparam integer Cols = (TapLanes != 0) ? KernelW : 1;
  localparam integer BlockSize = Channels / Blocks;
  localparam integer Pixels = (Width + Cols - 1) / Cols;
  // Elements of a bank's word, words of a block, and blocks that a beat writes at once.
  localparam integer WordSize = (InWidth < BlockSize) ? InWidth : BlockSize;
  localparam integer BlockWords = BlockSize / WordSize;
  localparam integer BeatBlocks = InWidth / WordSize;
  localparam integer PartBits = $clog2(WordSize);
  localparam integer Depth = Pixels * BlockWords;
  localparam integer AddrBits = (Depth <= 1) ? 1 : $clog2(Depth);
  localparam integer SlotBits = (Rows <= 1) ? 1 : $clog2(Rows);
  localparam integer ColSelBits = (Cols <= 1) ? 1 : $clog2(Cols);
  localparam integer BlockGroups = Blocks / BeatBlocks;
  localparam integer BlockBits = (BlockGroups <= 1) ? 1 : $clog2(BlockGroups);
  localparam integer RowBits = $clog2(Height + Rows + SpanH + StrideH) + 2;
  localparam integer ColBits = $clog2(Width + KernelW + StrideW) + 2;
  // Signed position of an element within a bank row; a window may start up to a window left of it and end right of it.
  localparam integer PosBits = $clog2((Width + KernelW + StrideW + Cols) * Channels) + 2;
  localparam integer OffBits = (Steps <= 1) ? 1 : $clog2(Steps);
  localparam integer StepLastI = Steps - 1;
  localparam integer BlockLastI = BlockWords - 1;
  localparam integer BlocksLastI = BlockGroups - 1;
  localparam integer ColsLastI = Cols - 1;
  localparam integer BlockSizeI = BlockSize;
  // First window of a row: column bank and bank-row position of its left edge.
  localparam integer StartColSelI = (Cols - (PadLeft % Cols)) % Cols;
  localparam integer StartPosI = (-PadLeft - StartColSelI) / Cols * BlockSize;
  localparam integer StepColI = StrideW % Cols;
  localparam integer StepPosI = StrideW / Cols * BlockSize;
  localparam [OffBits-1:0] StepLast = StepLastI[OffBits-1:0];
  localparam [ColSelBits:0] ColRing = Cols[ColSelBits:0];
  localparam [ColSelBits-1:0] StartColSel = StartColSelI[ColSelBits-1:0];
  localparam [ColSelBits:0] StepCol = StepColI[ColSelBits:0];
  localparam [ColSelBits-1:0] ColsLast = ColsLastI[ColSelBits-1:0];
  localparam [BlockBits-1:0] BlocksLast = BlocksLastI[BlockBits-1:0];
  localparam signed [PosBits-1:0] StartPos = StartPosI[PosBits-1:0];
  localparam signed [PosBits-1:0] StepPos = StepPosI[PosBits-1:0];
  localparam signed [PosBits-1:0] PixelStep = BlockSizeI[PosBits-1:0];
  localparam signed [PosBits-1:0] PosZero = {PosBits{1'b0}};
  localparam [AddrBits-1:0] BlockStep = BlockWords[AddrBits-1:0];

  wire avail;
  // The addresses of a step are made; it is read, in the same cycle or behind a register.
  wire issue;
  wire read;
  wire there;
  wire window_end;
  wire col_end;
  wire write;
  wire write_pixel_end;
  wire write_row_end;
  wire [SlotBits-1:0] write_slot;
  wire [SlotBits-1:0] slot;
  wire signed [RowBits-1:0] row;
  wire signed [ColBits-1:0] col;

  flexor_window_sequencer #(
    .Height(Height),
    .Width(Width),
    .Channels(Channels / InWidth),
    .KernelH(SpanH),
    .KernelW(KernelW),
    .StrideH(StrideH),
    .StrideW(StrideW),
    .PadTop(PadTop),
    .PadLeft(PadLeft),
    .OutHeight(OutHeight),
    .OutWidth(OutWidth),
    .Rows(Rows),
    .FreeLater(AddressRegister),
    .SlotBits(SlotBits),
    .RowBits(RowBits),
    .ColBits(ColBits)
  ) u_sequencer (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .write_i(write),
    .room_o(in_ready_o),
    .write_pixel_end_o(write_pixel_end),
    .write_row_end_o(write_row_end),
    .write_slot_o(write_slot),
    .avail_o(avail),
    .done_i(issue && window_end),
    .read_i(read),
    .col_end_o(col_end),
    .slot_o(slot),
    .row_o(row),
    .col_o(col)
  );

  // Write side: blocks, word within a block, column bank, bank-row address of the pixel.
  reg [OffBits-1:0] write_off_q;
  reg [BlockBits-1:0] write_block_q;
  reg [ColSelBits-1:0] write_col_q;
  reg [AddrBits-1:0] write_base_q;
  localparam integer WriteBits = (AddrBits > OffBits) ? AddrBits : OffBits;
  localparam [OffBits-1:0] BlockLast = BlockLastI[OffBits-1:0];
  wire block_end = write_off_q == BlockLast;
  wire [WriteBits:0] write_addr =
      {{(WriteBits + 1 - AddrBits) {1'b0}}, write_base_q} + {{(WriteBits + 1 - OffBits) {1'b0}}, write_off_q};
  wire unused_write = ^write_addr[WriteBits:AddrBits];

  assign write = in_valid_i && in_ready_o;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      write_off_q <= {OffBits{1'b0}};
      write_block_q <= {BlockBits{1'b0}};
      write_col_q <= {ColSelBits{1'b0}};
      write_base_q <= {AddrBits{1'b0}};
    end else if (write) begin
      write_off_q <= block_end ? {OffBits{1'b0}} : write_off_q + 1'b1;
      if (block_end) write_block_q <= (write_block_q == BlocksLast) ? {BlockBits{1'b0}} : write_block_q + 1'b1;
      if (write_row_end) begin
        write_col_q <= {ColSelBits{1'b0}};
        write_base_q <= {AddrBits{1'b0}};
      end else if (write_pixel_end) begin
        write_col_q <= (write_col_q == ColsLast) ? {ColSelBits{1'b0}} : write_col_q + 1'b1;
        if (write_col_q == ColsLast) write_base_q <= write_base_q + BlockStep;
      end
    end
  end

  // Read side: step within the window, column bank and bank-row position of the window's left edge.
  reg [OffBits-1:0] step_q;
  reg [ColSelBits-1:0] col_sel_q;
  reg signed [PosBits-1:0] pos_q;
  wire [ColSelBits:0] col_sum = {1'b0, col_sel_q} + StepCol;
  wire col_wraps = col_sum >= ColRing;
  wire [ColSelBits:0] col_next = col_wraps ? col_sum - ColRing : col_sum;
  wire unused_col_next = col_next[ColSelBits];
  wire [PosBits-1:0] step_pos = {{(PosBits - OffBits) {1'b0}}, step_q};
  wire signed [PosBits-1:0] pos = pos_q + $signed(step_pos);

  // Stage 1: bank outputs and where the lanes find theirs.
  reg valid1_q;
  reg [SlotBits-1:0] slot1_q;
  reg [ColSelBits-1:0] col_sel1_q;
  reg [KernelH-1:0] row_inside1_q;
  reg [Cols-1:0] col_inside1_q;
  wire [KernelH-1:0] row_inside;
  wire [Cols-1:0] col_inside;
  wire en = !valid1_q || out_ready_i;

  assign window_end = step_q == StepLast;
  assign out_valid_o = valid1_q;

  // What goes beside the addresses.
  localparam integer BesideBits = SlotBits + ColSelBits + KernelH + Cols;
  wire [BesideBits-1:0] beside = {slot, col_sel_q, row_inside, col_inside};
  wire [BesideBits-1:0] read_beside;
  generate
    if (AddressRegister == 0) begin : g_straight
      assign issue = en && avail;
      assign read = issue;
      assign there = avail;
      assign read_beside = beside;
    end else begin : g_address
      reg valid0_q;
      reg [BesideBits-1:0] beside0_q;
      wire free = !valid0_q || en;
      assign issue = free && avail;
      assign read = en && valid0_q;
      assign there = valid0_q;
      assign read_beside = beside0_q;
      always @(posedge clk_i) begin
        if (issue) beside0_q <= beside;
        if (!rst_ni) valid0_q <= 1'b0;
        else if (free) valid0_q <= avail;
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    if (read) {slot1_q, col_sel1_q, row_inside1_q, col_inside1_q} <= read_beside;
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      step_q <= {OffBits{1'b0}};
      col_sel_q <= StartColSel;
      pos_q <= StartPos;
    end else begin
      if (en) valid1_q <= there;
      if (issue) begin
        step_q <= window_end ? {OffBits{1'b0}} : step_q + 1'b1;
        if (window_end) begin
          col_sel_q <= col_end ? StartColSel : col_next[ColSelBits-1:0];
          pos_q <= col_end ? StartPos : pos_q + StepPos + (col_wraps ? PixelStep : PosZero);
        end
      end
    end
  end

  localparam integer Banks = Rows * Cols * Blocks;
  localparam integer SlotSums = Rows + SpanH;
  localparam integer SumBits = $clog2(SlotSums) + 1;
  localparam integer ColSums = 2 * Cols;
  localparam integer ColSumBits = $clog2(ColSums) + 1;
  // Bank of ring row s, column bank b, block j at [((b*Blocks + j)*Rows + s)*Bits +: Bits].
  wire [Banks*Bits-1:0] bank_data;
  // (slot + row) mod Rows and (column bank + column) mod Cols for every sum that can occur.
  wire [SlotSums*SlotBits-1:0] slot_of_sum;
  wire [ColSums*ColSelBits-1:0] col_of_sum;

  genvar s, b, j, r, c;
  generate
    if (WordSize > 1) begin : g_picked
      // A window starts at the first element of a word, so that the step tells which one is read.
      wire [PartBits-1:0] part;
      reg [PartBits-1:0] part1_q;
      always @(posedge clk_i) if (read) part1_q <= part;
      if (AddressRegister == 0) begin : g_straight
        assign part = step_q[PartBits-1:0];
      end else begin : g_address
        reg [PartBits-1:0] part0_q;
        always @(posedge clk_i) if (issue) part0_q <= step_q[PartBits-1:0];
        assign part = part0_q;
      end
    end
    for (s = 0; s < SlotSums; s = s + 1) begin : g_slot_of_sum
      localparam integer SlotI = s % Rows;
      assign slot_of_sum[s*SlotBits+:SlotBits] = SlotI[SlotBits-1:0];
    end
    for (s = 0; s < ColSums; s = s + 1) begin : g_col_of_sum
      localparam integer ColI = s % Cols;
      assign col_of_sum[s*ColSelBits+:ColSelBits] = ColI[ColSelBits-1:0];
    end

    for (b = 0; b < Cols; b = b + 1) begin : g_col
      // A column bank left of the window's first column holds pixels of the next bank row.
      localparam integer BankI = b;
      wire beyond;
      if (b < Cols - 1) begin : g_beyond
        assign beyond = BankI[ColSelBits-1:0] < col_sel_q;
      end else begin : g_last
        assign beyond = 1'b0;
      end
      wire signed [PosBits-1:0] bank_pos = pos + (beyond ? PixelStep : PosZero);
      wire unused_pos = ^bank_pos[PosBits-1:AddrBits+PartBits];
      if (PartBits > 0) begin : g_unused
        // The same as those of pos, for all columns.
        wire unused_part = ^bank_pos[PartBits-1:0];
      end
      wire [AddrBits-1:0] addr;
      if (AddressRegister == 0) begin : g_straight
        assign addr = bank_pos[PartBits+:AddrBits];
      end else begin : g_address
        reg [AddrBits-1:0] addr0_q;
        always @(posedge clk_i) if (issue) addr0_q <= bank_pos[PartBits+:AddrBits];
        assign addr = addr0_q;
      end
      // What a beat writes at once, one word a block, is a bank of the memory.
      wire [Rows*BlockGroups-1:0] selected;
      wire [Rows*BlockGroups*InWidth*Bits-1:0] words;
      for (j = 0; j < BlockGroups; j = j + 1) begin : g_group
        localparam integer GroupI = j;
        for (s = 0; s < Rows; s = s + 1) begin : g_row
          localparam integer RowI = s;
          assign selected[j*Rows+s] = (write_slot == RowI[SlotBits-1:0]) && (write_col_q == BankI[ColSelBits-1:0]) &&
              (write_block_q == GroupI[BlockBits-1:0]);
        end
      end
      flexor_ram #(
        .Width(InWidth * Bits),
        .Banks(Rows * BlockGroups),
        .Depth(Depth),
        .AddrBits(AddrBits)
      ) u_banks (
        .clk_i(clk_i),
        .wr_en_i(selected & {(Rows * BlockGroups) {write}}),
        .wr_addr_i(write_addr[AddrBits-1:0]),
        .wr_data_i(in_data_i),
        .rd_en_i(read),
        .rd_addr_i(addr),
        .rd_data_o(words)
      );
      for (j = 0; j < Blocks; j = j + 1) begin : g_block
        for (s = 0; s < Rows; s = s + 1) begin : g_row
          localparam integer WordI = ((j / BeatBlocks) * Rows + s) * BeatBlocks + j % BeatBlocks;
          wire [WordSize*Bits-1:0] word = words[WordI*WordSize*Bits+:WordSize*Bits];
          if (WordSize == 1) begin : g_element
            assign bank_data[((b*Blocks+j)*Rows+s)*Bits+:Bits] = word;
          end else begin : g_part
            assign bank_data[((b*Blocks+j)*Rows+s)*Bits+:Bits] = word[g_picked.part1_q*Bits+:Bits];
          end
        end
      end
    end

    // Which kernel rows and columns lie in the image.
    for (r = 0; r < KernelH; r = r + 1) begin : g_row_inside
      localparam integer TapRowI = r * DilationH;
      localparam integer HeightI = Height;
      wire signed [RowBits-1:0] element_row = row + $signed(TapRowI[RowBits-1:0]);
      assign row_inside[r] = !element_row[RowBits-1] && (element_row < $signed(HeightI[RowBits-1:0]));
    end
    if (TapLanes != 0) begin : g_tap_cols
      for (c = 0; c < Cols; c = c + 1) begin : g_col_inside
        localparam integer TapColI = c;
        localparam integer WidthI = Width;
        wire signed [ColBits-1:0] element_col = col + $signed(TapColI[ColBits-1:0]);
        assign col_inside[c] = !element_col[ColBits-1] && (element_col < $signed(WidthI[ColBits-1:0]));
      end
    end else begin : g_row_cols
      localparam integer EndI = Width * Channels;
      wire unused_col = ^col;
      assign col_inside = !pos[PosBits-1] && (pos < $signed(EndI[PosBits-1:0]));
    end

    // Lanes: pick the ring row, then the column bank.
    for (r = 0; r < KernelH; r = r + 1) begin : g_lane_row
      localparam integer TapRowI = r * DilationH;
      wire [SumBits-1:0] slot_sum = {{(SumBits - SlotBits) {1'b0}}, slot1_q} + TapRowI[SumBits-1:0];
      wire [SlotBits-1:0] lane_slot = slot_of_sum[slot_sum*SlotBits+:SlotBits];
      for (j = 0; j < Blocks; j = j + 1) begin : g_lane_block
        wire [Cols*Bits-1:0] picked;
        for (b = 0; b < Cols; b = b + 1) begin : g_pick
          wire [Rows*Bits-1:0] column = bank_data[(b*Blocks+j)*Rows*Bits+:Rows*Bits];
          assign picked[b*Bits+:Bits] = column[lane_slot*Bits+:Bits];
        end
        for (c = 0; c < Cols; c = c + 1) begin : g_lane
          localparam integer TapColI = c;
          wire [ColSumBits-1:0] lane_sum = {{(ColSumBits - ColSelBits) {1'b0}}, col_sel1_q} + TapColI[ColSumBits-1:0];
          wire [ColSelBits-1:0] lane_col = col_of_sum[lane_sum*ColSelBits+:ColSelBits];
          assign out_data_o[((r*Cols+c)*Blocks+j)*Bits+:Bits] =
              (row_inside1_q[r] && col_inside1_q[c]) ? picked[lane_col*Bits+:Bits] : {Bits{1'b0}};
        end
      end
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(Channels % Blocks == 0)) begin
      $display("%m: error: flexor_window_banked needs Blocks that divide Channels");
      $stop;
    end
    // Of an image with fewer rows than a window spans, all of them.
    if (!(Rows >= SpanH || Rows >= Height)) begin
      $display("%m: error: flexor_window_banked needs Rows that hold a window");
      $stop;
    end
    if (!(Simd == ((TapLanes != 0) ? KernelH * KernelW * Blocks : KernelH))) begin
      $display("%m: error: flexor_window_banked needs a lane a kernel row, or a lane a block of a kernel tap");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Simd * Bits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
