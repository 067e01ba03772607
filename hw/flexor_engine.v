// One weighted layer's engine: consumes window vectors, reads and decrypts the weights in stored order, accumulates.
//
// For an output pixel it goes over the window steps, and within a step over the Groups groups of Pe channels. That is the
// order in which the weight bits are stored, so the weight memory is read one row after the other and starts again at
// row 0 with the next pixel, with no gap. A vector of Simd window elements is held for Groups cycles.
// Example: 5x5 window of 32 channels, 64 outputs, Pe 64, Simd 1: Groups 1, Steps 800, 800 cycles a pixel.
// Not done here: making windows (flexor_window_serial, flexor_window_banked, flexor_vector_buffer), scaling (flexor_requantiser).
// Source says where weights come from, as in flexor_weights: 0 a memory of fixed contents, 1 one that is loaded at run time,
// with the head slices, 2 weight_*_i, one pass a pixel. The engine waits where a word is not there yet.
// Registered paths: memory row, weight bits with their activations, lane sums where Simd > 1. out_ready_i stalls the
// whole engine in the same cycle.
module flexor_engine #(
  parameter integer ActBits = 8,
  parameter integer ActSigned = 0,
  parameter integer Simd = 1,
  parameter integer Pe = 3,
  parameter integer Groups = 1,
  parameter integer Steps = 4,
  parameter integer Planes = 1,
  parameter integer NIn = 2,
  parameter integer NOut = 3,
  // M⊕ of plane q as a network of Gates gates (flexor_xor_circuit) in bits [q*(16*NOut+32*Gates) +: 16*NOut+32*Gates].
  parameter integer Gates = 1,
  parameter [Planes*(16*NOut+32*Gates)-1:0] Wirings = {16'd1, 16'd0, 16'd2, 16'd1, 16'd0},
  // Slices per decryptor word, cycles per word; memory rows per word, bits of a row, rows per pixel.
  parameter integer Slices = 1,
  parameter integer WordCycles = 1,
  parameter integer Reads = 1,
  parameter integer RowBits = 2,
  parameter integer Rows = 4,
  // Lane l starts Phases[l*16 +: 16] weight bits inside a slice; that slice of plane q is HeadSlices[(q*Simd+l)*NIn +: NIn].
  parameter [Simd*16-1:0] Phases = 16'd0,
  parameter [Planes*Simd*NIn-1:0] HeadSlices = 2'b00,
  parameter integer AccBits = 16,
  parameter integer SumBits = 16,
  parameter integer Source = 0,
  // With Source 1: pixels of a frame, and bits of its number.
  parameter integer Pixels = 1,
  parameter integer FrameBits = 4,
  // Rows; Reads of them, low bits first, are a word, with slice s of plane q, lane l at [((q*Simd + l)*Slices + s)*NIn +: NIn].
  parameter MemFile = "",
  // With Source 1, where a phase is not 0: HeadSlices in each bank.
  parameter HeadFile = ""
) (
  input  wire                                 clk_i,
  input  wire                                 rst_ni,
  input  wire                                 in_valid_i,
  output wire                                 in_ready_o,
  input  wire [Simd*ActBits-1:0]              in_data_i,
  output wire                                 out_valid_o,
  input  wire                                 out_ready_i,
  // {sum(a), selected of plane q, channel p at [(q*Pe + p)*AccBits +: AccBits]}, one channel group a transfer.
  output wire [SumBits+Planes*Pe*AccBits-1:0] out_data_o,
  input  wire                                 weight_valid_i,
  output wire                                 weight_ready_o,
  input  wire [RowBits-1:0]                   weight_data_i,
  input  wire                                 weight_last_i,
  output wire                                 weight_error_o,
  input  wire [34:0]                          load_i,
  output wire [34:0]                          load_o,
  input  wire [FrameBits:0]                   switch_i,
  output wire                                 settled_o
);

  localparam integer GroupBits = (Groups <= 1) ? 1 : $clog2(Groups);
  localparam integer StepBits = (Steps <= 1) ? 1 : $clog2(Steps);
  localparam integer CycleBits = (WordCycles <= 1) ? 1 : $clog2(WordCycles);
  localparam integer WiringBits = 16 * NOut + 32 * Gates;
  localparam integer LaneWord = Slices * NIn;
  localparam integer WordBits = Planes * Simd * LaneWord;
  localparam integer HeadBits = Planes * Simd * NIn;
  localparam integer GroupLastI = Groups - 1;
  localparam integer StepLastI = Steps - 1;
  localparam integer CycleLastI = WordCycles - 1;
  localparam [GroupBits-1:0] GroupLast = GroupLastI[GroupBits-1:0];
  localparam [StepBits-1:0] StepLast = StepLastI[StepBits-1:0];
  localparam [CycleBits-1:0] CycleLast = CycleLastI[CycleBits-1:0];

  wire en;

  // Issue: position within the pixel and within the memory word.
  reg [GroupBits-1:0] group_q;
  reg [StepBits-1:0] step_q;
  reg [CycleBits-1:0] cycle_q;
  wire first_group = group_q == {GroupBits{1'b0}};
  wire fire = en && (!first_group || in_valid_i);
  wire step_end = group_q == GroupLast;
  wire pixel_end = step_end && (step_q == StepLast);
  wire load = cycle_q == {CycleBits{1'b0}};

  assign in_ready_o = en && first_group;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      group_q <= {GroupBits{1'b0}};
      step_q <= {StepBits{1'b0}};
      cycle_q <= {CycleBits{1'b0}};
    end else if (fire) begin
      group_q <= step_end ? {GroupBits{1'b0}} : group_q + 1'b1;
      if (step_end) step_q <= pixel_end ? {StepBits{1'b0}} : step_q + 1'b1;
      cycle_q <= (pixel_end || cycle_q == CycleLast) ? {CycleBits{1'b0}} : cycle_q + 1'b1;
    end
  end

  // Stage 1: the word is there; the activations travel beside it.
  wire [WordBits-1:0] word;
  wire word_valid;
  reg valid1_q;
  reg load1_q;
  reg first1_q;
  reg last1_q;
  reg head1_q;
  reg [GroupBits-1:0] group1_q;
  reg [Simd*ActBits-1:0] acts1_q;
  wire needs_word = valid1_q && load1_q;
  wire waits = needs_word && !word_valid;
  wire [HeadBits-1:0] heads;

  flexor_weights #(
    .WordBits(WordBits),
    .RowBits(RowBits),
    .Reads(Reads),
    .Rows(Rows),
    .Source(Source),
    .Pixels(Pixels),
    .FrameBits(FrameBits),
    .Heads((Phases != {Simd{16'd0}}) ? 1 : 0),
    .HeadBits(HeadBits),
    .MemFile(MemFile),
    .HeadFile(HeadFile)
  ) u_weights (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_o(word_valid),
    .take_i(en && needs_word),
    .word_o(word),
    .heads_o(heads),
    .s_valid_i(weight_valid_i),
    .s_ready_o(weight_ready_o),
    .s_data_i(weight_data_i),
    .s_last_i(weight_last_i),
    .error_o(weight_error_o),
    .load_i(load_i),
    .load_o(load_o),
    .switch_i(switch_i),
    .settled_o(settled_o)
  );

  // Stage 2: decrypted weight bits beside their activations.
  reg valid2_q;
  reg first2_q;
  reg last2_q;
  reg [GroupBits-1:0] group2_q;
  reg [Simd*ActBits-1:0] acts2_q;
  wire [Planes*Simd*Pe-1:0] weights2;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
    end else if (en) begin
      valid1_q <= fire;
      valid2_q <= valid1_q;
    end
    if (fire) begin
      load1_q <= load;
      head1_q <= first_group && step_q == {StepBits{1'b0}};
      first1_q <= step_q == {StepBits{1'b0}};
      last1_q <= step_q == StepLast;
      group1_q <= group_q;
      if (first_group) acts1_q <= in_data_i;
    end
    if (en && valid1_q) begin
      first2_q <= first1_q;
      last2_q <= last1_q;
      group2_q <= group1_q;
      acts2_q <= acts1_q;
    end
  end

  genvar q, l;
  generate
    for (q = 0; q < Planes; q = q + 1) begin : g_plane
      for (l = 0; l < Simd; l = l + 1) begin : g_lane
        flexor_decryptor #(
          .NIn(NIn),
          .NOut(NOut),
          .Gates(Gates),
          .Wiring(Wirings[q*WiringBits+:WiringBits]),
          .Slices(Slices),
          .Pe(Pe),
          .Phase({16'd0, Phases[l*16+:16]}),
          .HeadSlice(HeadSlices[(q*Simd+l)*NIn+:NIn]),
          .HeadLoaded((Source == 1) ? 1 : 0)
        ) u_decryptor (
          .clk_i(clk_i),
          .en_i(en && valid1_q),
          .load_i(load1_q),
          .first_i(head1_q),
          .word_i(word[(q*Simd+l)*LaneWord+:LaneWord]),
          .head_i(heads[(q*Simd+l)*NIn+:NIn]),
          .bits_o(weights2[(q*Simd+l)*Pe+:Pe])
        );
      end
    end
  endgenerate

  wire [Planes*Pe*AccBits-1:0] selected;
  wire [SumBits-1:0] sum;
  wire sums_valid;

  flexor_mac_array #(
    .ActBits(ActBits),
    .ActSigned(ActSigned),
    .Simd(Simd),
    .Pe(Pe),
    .Groups(Groups),
    .GroupBits(GroupBits),
    .Planes(Planes),
    .AccBits(AccBits),
    .SumBits(SumBits)
  ) u_mac (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .en_i(en),
    .valid_i(valid2_q),
    .first_i(first2_q),
    .last_i(last2_q),
    .group_i(group2_q),
    .acts_i(acts2_q),
    .weights_i(weights2),
    .out_valid_o(sums_valid),
    .selected_o(selected),
    .sum_o(sum)
  );

  assign out_data_o = {sum, selected};
  // A missing word stops the whole pipeline, what it is about to give too.
  assign out_valid_o = sums_valid && !waits;
  assign en = (!sums_valid || out_ready_i) && !waits;

endmodule
