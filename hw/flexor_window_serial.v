// Window unit with one line buffer: Simd lanes are filled one element after the other.
//
// Keeps Rows image rows in one memory and replays the windows of a convolution or a pool in the order of the weights:
// step t of a window gives lane l the window element l*Steps + t (padded elements read as PadValue, as do lanes past the
// end of the window). Frames overlap: the next image is written while the last windows of this one are read.
// Beats of InWidth elements, one pixel's, come in; the memory is as wide, and an element is picked from what was read.
// Example: 28x28x1, kernel 5x5, padding 2, Simd 1: 25 elements for each of 784 windows.
// Not done here: several elements a cycle (flexor_window_banked); keep Simd at or below the cycles a vector is held.
// Registered paths: memory output, gathered vector where Simd > 1; with AddressRegister = 1 the address of an element and whether it
// lies in the image, which takes a cycle more.
module flexor_window_serial #(
  parameter integer Bits = 8,
  // Power of two that divides Channels.
  parameter integer InWidth = 1,
  parameter integer Height = 4,
  parameter integer Width = 4,
  parameter integer Channels = 1,
  parameter integer KernelH = 3,
  parameter integer KernelW = 3,
  parameter integer StrideH = 1,
  parameter integer StrideW = 1,
  // Pixels from one tap to the next.
  parameter integer DilationH = 1,
  parameter integer DilationW = 1,
  parameter integer PadTop = 1,
  parameter integer PadLeft = 1,
  parameter integer OutHeight = 4,
  parameter integer OutWidth = 4,
  parameter integer Rows = 4,
  // Channels are stored interleaved: those of so many groups in turn. Needs InWidth 1.
  parameter integer Interleave = 1,
  parameter integer AddressRegister = 0,
  parameter integer Simd = 1,
  parameter integer Steps = 9,
  parameter [Bits-1:0] PadValue = {Bits{1'b0}}
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

  localparam integer SpanH = (KernelH - 1) * DilationH + 1;
  localparam integer SpanW = (KernelW - 1) * DilationW + 1;
  localparam integer RowSize = Width * Channels;
  localparam integer KernelRow = KernelW * Channels;
  // Elements from the first to the last of a kernel row, and those between two of its taps.
  localparam integer SpanRow = SpanW * Channels;
  localparam integer Gap = (DilationW - 1) * Channels;
  // Of beats, whose lowest PartBits bits of an element's address say which of them it is.
  localparam integer Depth = Rows * RowSize / InWidth;
  localparam integer PartBits = $clog2(InWidth);
  localparam integer BeatBits = (Depth <= 1) ? 1 : $clog2(Depth);
  localparam integer AddrBits = BeatBits + PartBits;
  localparam integer SlotBits = (Rows <= 1) ? 1 : $clog2(Rows);
  localparam integer RowBits = $clog2(Height + Rows + SpanH + StrideH) + 2;
  localparam integer ColBits = $clog2(Width + SpanW + StrideW) + 2;
  // Signed position of an element within an image row.
  localparam integer PosBits = $clog2((Width + SpanW + StrideW) * Channels) + 2;
  localparam integer OffBits = $clog2(SpanRow + 1);
  localparam integer TapEndI = KernelH * DilationH;
  localparam integer TapBits = $clog2(TapEndI + 1);
  localparam integer LaneBits = (Simd <= 1) ? 1 : $clog2(Simd);
  localparam integer StepBits = (Steps <= 1) ? 1 : $clog2(Steps);
  localparam integer DepthLastI = Depth - 1;
  localparam integer KernelRowLastI = SpanRow - 1;
  localparam integer LaneLastI = Simd - 1;
  localparam integer StepLastI = Steps - 1;
  localparam integer StartPosI = -PadLeft * Channels;
  localparam integer PosStepI = StrideW * Channels;
  localparam [BeatBits-1:0] DepthLast = DepthLastI[BeatBits-1:0];
  localparam [OffBits-1:0] KernelRowLast = KernelRowLastI[OffBits-1:0];
  localparam [LaneBits-1:0] LaneLast = LaneLastI[LaneBits-1:0];
  localparam [StepBits-1:0] StepLast = StepLastI[StepBits-1:0];
  localparam signed [PosBits-1:0] StartPos = StartPosI[PosBits-1:0];
  localparam signed [PosBits-1:0] PosStep = PosStepI[PosBits-1:0];
  localparam signed [PosBits-1:0] PosEnd = RowSize[PosBits-1:0];
  localparam signed [PosBits-1:0] PosZero = {PosBits{1'b0}};
  localparam [TapBits-1:0] TapEnd = TapEndI[TapBits-1:0];
  localparam [TapBits-1:0] TapStep = DilationH[TapBits-1:0];
  localparam signed [RowBits-1:0] RowEnd = Height[RowBits-1:0];
  localparam signed [RowBits-1:0] RowZero = {RowBits{1'b0}};

  wire avail;
  // An element's address is made; it is read, in the same cycle or behind a register.
  wire issue;
  wire read;
  wire col_end;
  wire window_end;
  wire [SlotBits-1:0] slot;
  wire signed [RowBits-1:0] row;
  wire signed [ColBits-1:0] unused_col;
  wire [SlotBits-1:0] unused_write_slot;
  wire [1:0] unused_ends;

  flexor_window_sequencer #(
    .Height(Height),
    .Width(Width),
    .Channels(Channels / InWidth),
    .KernelH(SpanH),
    .KernelW(SpanW),
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
    .write_i(in_valid_i && in_ready_o),
    .room_o(in_ready_o),
    .write_pixel_end_o(unused_ends[0]),
    .write_row_end_o(unused_ends[1]),
    .write_slot_o(unused_write_slot),
    .avail_o(avail),
    .done_i(issue && window_end),
    .read_i(read),
    .col_end_o(col_end),
    .slot_o(slot),
    .row_o(row),
    .col_o(unused_col)
  );

  // Position in the window: step, lane, and per lane the kernel row and the offset within it.
  reg [LaneBits-1:0] lane_q;
  reg [StepBits-1:0] step_q;
  reg signed [PosBits-1:0] pos_q;
  wire lane_end = lane_q == LaneLast;
  wire first_step = step_q == {StepBits{1'b0}};
  wire [TapBits-1:0] tap;
  wire [OffBits-1:0] offset;
  wire offset_end = offset == KernelRowLast;
  // Lanes that reach past the window stay there, however far.
  wire [TapBits-1:0] next_tap = (offset_end && tap != TapEnd) ? tap + TapStep : tap;
  wire [OffBits-1:0] offset_step;
  wire [OffBits-1:0] next_offset = offset_end ? {OffBits{1'b0}} : offset + offset_step;

  assign window_end = lane_end && (step_q == StepLast);

  genvar l;
  generate
    if (Simd == 1) begin : g_one_lane
      reg [TapBits-1:0] tap_q;
      reg [OffBits-1:0] offset_q;
      assign tap = first_step ? {TapBits{1'b0}} : tap_q;
      assign offset = first_step ? {OffBits{1'b0}} : offset_q;
      always @(posedge clk_i)
        if (issue) begin
          tap_q <= next_tap;
          offset_q <= next_offset;
        end
    end else begin : g_lanes
      reg [TapBits+OffBits-1:0] lane_state [0:Simd-1];
      wire [Simd*(TapBits+OffBits)-1:0] start;
      for (l = 0; l < Simd; l = l + 1) begin : g_start
        localparam integer TapI = (l * Steps) / KernelRow * DilationH;
        localparam integer WithinI = (l * Steps) % KernelRow;
        localparam integer OffI = WithinI + WithinI / Channels * Gap;
        assign start[l*(TapBits+OffBits)+:TapBits+OffBits] = {TapI[TapBits-1:0], OffI[OffBits-1:0]};
      end
      assign {tap, offset} = first_step ? start[lane_q*(TapBits+OffBits)+:TapBits+OffBits] : lane_state[lane_q];
      always @(posedge clk_i) if (issue) lane_state[lane_q] <= {next_tap, next_offset};
    end
  endgenerate

  // From the last channel of a tap to the first of the next one.
  generate
    if (Gap == 0) begin : g_neighbours
      assign offset_step = 1;
    end else begin : g_apart
      localparam integer Ends = KernelW;
      localparam integer StepI = Gap + 1;
      wire [Ends-1:0] tap_end;
      for (l = 0; l < Ends; l = l + 1) begin : g_end
        localparam integer EndI = l * DilationW * Channels + Channels - 1;
        assign tap_end[l] = offset == EndI[OffBits-1:0];
      end
      assign offset_step = (|tap_end) ? StepI[OffBits-1:0] : 1;
    end
  endgenerate

  // Address of the element, and whether it lies in the image.
  wire [RowBits-1:0] tap_row = {{(RowBits - TapBits) {1'b0}}, tap};
  wire signed [RowBits-1:0] element_row = row + $signed(tap_row);
  wire [PosBits-1:0] tap_pos = {{(PosBits - OffBits) {1'b0}}, offset};
  wire signed [PosBits-1:0] element_pos = pos_q + $signed(tap_pos);
  wire in_image = (tap != TapEnd) && (element_row >= RowZero) && (element_row < RowEnd) &&
      (element_pos >= PosZero) && (element_pos < PosEnd);
  // Start address of each ring row that (slot + tap) can mean.
  localparam integer Bases = Rows + TapEndI;
  localparam integer BaseBits = $clog2(Bases) + 1;
  wire [Bases*AddrBits-1:0] bases;
  wire [BaseBits-1:0] base_index = {{(BaseBits - SlotBits) {1'b0}}, slot} + {{(BaseBits - TapBits) {1'b0}}, tap};
  generate
    for (l = 0; l < Bases; l = l + 1) begin : g_base
      localparam integer BaseI = (l % Rows) * RowSize;
      assign bases[l*AddrBits+:AddrBits] = BaseI[AddrBits-1:0];
    end
  endgenerate
  wire [AddrBits+PosBits-1:0] wide_addr =
      {{PosBits{1'b0}}, bases[base_index*AddrBits+:AddrBits]} + {{AddrBits{1'b0}}, element_pos};
  wire unused_addr = ^wide_addr[AddrBits+PosBits-1:AddrBits];

  // Memory and its output stage.
  wire [BeatBits-1:0] wr_addr;
  reg valid1_q;
  reg pad1_q;
  wire en;
  wire [InWidth*Bits-1:0] beat1;
  wire [Bits-1:0] data1;
  wire [Bits-1:0] element1 = pad1_q ? PadValue : data1;

  // What is read, and whether there is anything.
  wire [AddrBits-1:0] read_addr;
  wire read_pad;
  wire there;
  generate
    if (AddressRegister == 0) begin : g_straight
      assign issue = en && avail;
      assign read = issue;
      assign there = avail;
      assign read_addr = wide_addr[AddrBits-1:0];
      assign read_pad = !in_image;
    end else begin : g_address
      reg valid0_q;
      reg pad0_q;
      reg [AddrBits-1:0] addr0_q;
      wire free = !valid0_q || en;
      assign issue = free && avail;
      assign read = en && valid0_q;
      assign there = valid0_q;
      assign read_addr = addr0_q;
      assign read_pad = pad0_q;
      always @(posedge clk_i) begin
        if (issue) begin
          addr0_q <= wide_addr[AddrBits-1:0];
          pad0_q <= !in_image;
        end
        if (!rst_ni) valid0_q <= 1'b0;
        else if (free) valid0_q <= avail;
      end
    end
  endgenerate

  flexor_ram #(
    .Width(InWidth * Bits),
    .Depth(Depth),
    .AddrBits(BeatBits)
  ) u_lines (
    .clk_i(clk_i),
    .wr_en_i(in_valid_i && in_ready_o),
    .wr_addr_i(wr_addr),
    .wr_data_i(in_data_i),
    .rd_en_i(read),
    .rd_addr_i(read_addr[AddrBits-1:PartBits]),
    .rd_data_o(beat1)
  );

  generate
    if (Interleave == 1) begin : g_in_order
      reg [BeatBits-1:0] wr_addr_q;
      assign wr_addr = wr_addr_q;
      always @(posedge clk_i) begin
        if (!rst_ni) wr_addr_q <= {BeatBits{1'b0}};
        else if (in_valid_i && in_ready_o)
          wr_addr_q <= (wr_addr_q == DepthLast) ? {BeatBits{1'b0}} : wr_addr_q + 1'b1;
      end
    end else begin : g_interleaved
      // Channel i of group g of a pixel goes to place i*Interleave + g.
      localparam integer PerGroup = Channels / Interleave;
      localparam integer PlaceBits = (Channels <= 1) ? 1 : $clog2(Channels);
      localparam integer PixelLastI = Depth - Channels;
      localparam integer StepI = Interleave;
      localparam integer PixelI = Channels;
      localparam integer GroupLastI = Interleave - 1;
      localparam integer PlaceLastI = (PerGroup - 1) * Interleave;
      reg [BeatBits-1:0] pixel_q;
      reg [PlaceBits-1:0] group_q;
      reg [PlaceBits-1:0] place_q;
      wire group_end = place_q == PlaceLastI[PlaceBits-1:0];
      wire pixel_end = group_end && (group_q == GroupLastI[PlaceBits-1:0]);
      wire [PlaceBits-1:0] channel = group_q + place_q;
      wire [BeatBits+PlaceBits-1:0] wide_wr_addr = {{PlaceBits{1'b0}}, pixel_q} + {{BeatBits{1'b0}}, channel};
      wire unused_wr_addr = ^wide_wr_addr[BeatBits+PlaceBits-1:BeatBits];
      assign wr_addr = wide_wr_addr[BeatBits-1:0];
      always @(posedge clk_i) begin
        if (!rst_ni) begin
          pixel_q <= {BeatBits{1'b0}};
          group_q <= {PlaceBits{1'b0}};
          place_q <= {PlaceBits{1'b0}};
        end else if (in_valid_i && in_ready_o) begin
          place_q <= group_end ? {PlaceBits{1'b0}} : place_q + StepI[PlaceBits-1:0];
          if (group_end) group_q <= pixel_end ? {PlaceBits{1'b0}} : group_q + 1'b1;
          if (pixel_end)
            pixel_q <= (pixel_q == PixelLastI[BeatBits-1:0]) ? {BeatBits{1'b0}} : pixel_q + PixelI[BeatBits-1:0];
        end
      end
    end
  endgenerate

  generate
    if (InWidth == 1) begin : g_element
      assign data1 = beat1;
    end else begin : g_part
      reg [PartBits-1:0] part1_q;
      always @(posedge clk_i) if (read) part1_q <= read_addr[PartBits-1:0];
      assign data1 = beat1[part1_q*Bits+:Bits];
    end
  endgenerate

  always @(posedge clk_i) begin
    if (read) pad1_q <= read_pad;
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      lane_q <= {LaneBits{1'b0}};
      step_q <= {StepBits{1'b0}};
      pos_q <= StartPos;
    end else begin
      if (en) valid1_q <= there;
      if (issue) begin
        lane_q <= lane_end ? {LaneBits{1'b0}} : lane_q + 1'b1;
        if (lane_end) step_q <= window_end ? {StepBits{1'b0}} : step_q + 1'b1;
        if (window_end) pos_q <= col_end ? StartPos : pos_q + PosStep;
      end
    end
  end

  generate
    if (Simd == 1) begin : g_direct
      assign en = !valid1_q || out_ready_i;
      assign out_valid_o = valid1_q;
      assign out_data_o = element1;
    end else begin : g_gather
      // Elements shift in from the top; lane 0, the first to come, ends at the bottom.
      localparam integer CountBits = $clog2(Simd + 1);
      localparam [CountBits-1:0] CountFull = Simd[CountBits-1:0];
      localparam [CountBits-1:0] CountOne = 1;
      reg [CountBits-1:0] count_q;
      reg [Simd*Bits-1:0] vector_q;
      wire full = count_q == CountFull;
      wire taken = full && out_ready_i;
      wire shift = valid1_q && (!full || out_ready_i);
      assign en = !valid1_q || shift;
      assign out_valid_o = full;
      assign out_data_o = vector_q;
      always @(posedge clk_i) begin
        if (shift) vector_q <= {element1, vector_q[Simd*Bits-1:Bits]};
        if (!rst_ni) count_q <= {CountBits{1'b0}};
        else if (taken) count_q <= shift ? CountOne : {CountBits{1'b0}};
        else if (shift) count_q <= count_q + 1'b1;
      end
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(Channels % InWidth == 0)) begin
      $display("%m: error: flexor_window_serial needs InWidth that divides Channels");
      $stop;
    end
    // Of an image with fewer rows than a window spans, all of them.
    if (!(Rows >= SpanH || Rows >= Height)) begin
      $display("%m: error: flexor_window_serial needs Rows that hold a window");
      $stop;
    end
    // Lanes idle at most in the last step of each group of a convolution, of which there are Channels at most.
    if (!((Steps - Channels) * Simd < KernelH * KernelW * Channels && Steps * Simd >= KernelH * KernelW * Channels)) begin
      $display("%m: error: flexor_window_serial needs Steps vectors that hold a window");
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
