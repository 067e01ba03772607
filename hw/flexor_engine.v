// One weighted layer's engine: consumes window vectors and decrypted weight words in stored order, accumulates.
//
// For an output pixel it goes over the window steps, and within a step over the Groups groups of Pe channels. That is the
// order in which the weight bits are stored, so words come one after the other and start again with the next pixel, with no
// gap. A vector of Simd window elements is held for Groups cycles, a word lasts WordCycles cycles. The engine waits where a
// word is not there yet. With TableLanes > 0 the sums over lanes come of tables (flexor_lane_tables), for which a vector is
// taken 2^TableLanes moves before its first weights are wanted. With Dots = 1 dot products leave in place of selected sums
// (flexor_dot_array), and sum(a) is 0.
// Example: 5x5 window of 32 channels, 64 outputs, Pe 64, Simd 1: Groups 1, Steps 800, 800 cycles a pixel.
// Not done here: making windows (flexor_window_serial, flexor_window_banked, flexor_vector_buffer), reading and decrypting
// weights (flexor_weight_rom and the like, the design's XOR circuits), scaling (flexor_requantiser).
// Words are decrypted as they come and shifted out (flexor_weight_shift); with HeldWords = 1 a word stays what it is from the
// cycle behind its transfer to the next transfer, and its bits are chosen from (flexor_weight_hold, flexor_weight_select).
// Registered paths: weight bits with their activations, lane sums where Simd > 1; with LoadRegister = 1 decrypted words, before
// they are loaded to be shifted out. out_ready_i stalls the whole engine in the same cycle.
module flexor_engine #(
  parameter integer ActBits = 8,
  parameter integer ActSigned = 0,
  parameter integer Simd = 1,
  parameter integer Pe = 3,
  parameter integer Groups = 1,
  // Cycles that a vector is held for; Groups, or fewer where a convolution has Groups/Hold groups of its own.
  parameter integer Hold = Groups,
  parameter integer Steps = 4,
  parameter integer Planes = 1,
  // Lanes that share a table of their partial sums, 2 to 4, where a vector is held for at least 2^TableLanes cycles; 0: none.
  parameter integer TableLanes = 0,
  // A stage more, in which words stand as they come; with tables they are wanted a move earlier instead.
  parameter integer LoadRegister = 0,
  // Words are held outside while they are used, which is that stage; without LoadRegister.
  parameter integer HeldWords = 0,
  // Levels of adders over the lanes from one register to the next.
  parameter integer TreeLevels = 2,
  // Sums of lanes and their differences are shared (flexor_dot_array); without tables, with SumBits 1.
  parameter integer Dots = 0,
  // Cycles a word lasts; words have WordCycles*Pe bits a lane of a plane.
  parameter integer WordCycles = 1,
  parameter integer AccBits = 16,
  parameter integer SumBits = 16
) (
  input  wire                                 clk_i,
  input  wire                                 rst_ni,
  input  wire                                 in_valid_i,
  output wire                                 in_ready_o,
  input  wire [Simd*ActBits-1:0]              in_data_i,
  output wire                                 out_valid_o,
  input  wire                                 out_ready_i,
  // {sum(a), selected or dot product of plane q, channel p at [(q*Pe + p)*AccBits +: AccBits]}, one channel group a transfer.
  output wire [SumBits+Planes*Pe*AccBits-1:0] out_data_o,
  // Plane q, lane l at [(q*Simd + l)*WordCycles*Pe +: WordCycles*Pe], the first weight bit lowest; first_o: it is wanted as
  // the first word of a pixel. With HeldWords = 1 it is there in the cycles behind its transfer, not beside valid and ready.
  input  wire                                 word_valid_i,
  output wire                                 word_ready_o,
  output wire                                 word_first_o,
  input  wire [Planes*Simd*WordCycles*Pe-1:0] word_i
);

  localparam integer GroupBits = (Groups <= 1) ? 1 : $clog2(Groups);
  localparam integer StepBits = (Steps <= 1) ? 1 : $clog2(Steps);
  localparam integer HoldBits = (Hold <= 1) ? 1 : $clog2(Hold);
  localparam integer CycleBits = (WordCycles <= 1) ? 1 : $clog2(WordCycles);
  localparam integer GroupLastI = Groups - 1;
  localparam integer StepLastI = Steps - 1;
  localparam integer HoldLastI = Hold - 1;
  localparam integer CycleLastI = WordCycles - 1;
  localparam [GroupBits-1:0] GroupLast = GroupLastI[GroupBits-1:0];
  localparam [StepBits-1:0] StepLast = StepLastI[StepBits-1:0];
  localparam [HoldBits-1:0] HoldLast = HoldLastI[HoldBits-1:0];
  localparam [CycleBits-1:0] CycleLast = CycleLastI[CycleBits-1:0];

  wire en;

  // Issue: position within the pixel and within the memory word.
  reg [GroupBits-1:0] group_q;
  reg [StepBits-1:0] step_q;
  reg [CycleBits-1:0] cycle_q;
  wire first_group = group_q == {GroupBits{1'b0}};
  wire first_held;
  // The next vector, or its tables, are there.
  wire vector_valid;
  wire fire = en && (!first_held || vector_valid);
  wire step_end = group_q == GroupLast;
  wire pixel_end = step_end && (step_q == StepLast);
  wire load = cycle_q == {CycleBits{1'b0}};

  generate
    if (Hold == Groups) begin : g_all
      assign first_held = first_group;
    end else begin : g_parts
      reg [HoldBits-1:0] hold_q;
      assign first_held = hold_q == {HoldBits{1'b0}};
      always @(posedge clk_i) begin
        if (!rst_ni) hold_q <= {HoldBits{1'b0}};
        else if (fire) hold_q <= (hold_q == HoldLast) ? {HoldBits{1'b0}} : hold_q + 1'b1;
      end
    end
  endgenerate

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

  // Stage 1: the word is wanted; the activations travel beside it.
  wire sums_valid;
  wire moves = !sums_valid || out_ready_i;
  reg valid1_q;
  reg load1_q;
  reg first1_q;
  reg last1_q;
  reg head1_q;
  reg [GroupBits-1:0] group1_q;
  reg [CycleBits-1:0] cycle1_q;
  wire needs_word = valid1_q && load1_q;
  // A missing word stops the whole pipeline, what it is about to give too.
  wire waits = needs_word && !word_valid_i;

  assign en = moves && !waits;
  assign word_ready_o = needs_word && moves;
  assign word_first_o = head1_q;

  // What goes on to the next stage: stage 1, or the word and what is beside it a move later.
  localparam integer WordBits = Planes * Simd * WordCycles * Pe;
  localparam integer Late = (LoadRegister != 0 || HeldWords != 0) ? 1 : 0;
  wire valid;
  wire load_word;
  wire first;
  wire last;
  wire [GroupBits-1:0] group;
  wire [CycleBits-1:0] cycle;
  wire [WordBits-1:0] word;
  generate
    if (Late == 0) begin : g_straight
      assign {valid, load_word, first, last, group, cycle} = {valid1_q, load1_q, first1_q, last1_q, group1_q, cycle1_q};
      assign word = word_i;
    end else begin : g_load
      reg held_valid_q;
      reg held_load_q;
      reg held_first_q;
      reg held_last_q;
      reg [GroupBits-1:0] held_group_q;
      reg [CycleBits-1:0] held_cycle_q;
      always @(posedge clk_i) begin
        if (!rst_ni) held_valid_q <= 1'b0;
        else if (en) held_valid_q <= valid1_q;
        if (en && valid1_q) begin
          {held_load_q, held_first_q, held_last_q} <= {load1_q, first1_q, last1_q};
          {held_group_q, held_cycle_q} <= {group1_q, cycle1_q};
        end
      end
      assign {valid, load_word, first, last} = {held_valid_q, held_load_q, held_first_q, held_last_q};
      assign {group, cycle} = {held_group_q, held_cycle_q};
      if (HeldWords != 0) begin : g_outside
        assign word = word_i;
      end else begin : g_own
        reg [WordBits-1:0] held_word_q;
        always @(posedge clk_i) if (en && needs_word) held_word_q <= word_i;
        assign word = held_word_q;
      end
    end
  endgenerate

  // Stage 2: decrypted weight bits beside their activations.
  reg valid2_q;
  reg first2_q;
  reg last2_q;
  reg [GroupBits-1:0] group2_q;
  wire [Planes*Simd*Pe-1:0] weights2;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
    end else if (en) begin
      valid1_q <= fire;
      valid2_q <= valid;
    end
    if (fire) begin
      load1_q <= load;
      head1_q <= first_group && step_q == {StepBits{1'b0}};
      first1_q <= step_q == {StepBits{1'b0}};
      last1_q <= step_q == StepLast;
      group1_q <= group_q;
      cycle1_q <= cycle_q;
    end
    if (en && valid) begin
      first2_q <= first;
      last2_q <= last;
      group2_q <= group;
    end
  end

  // Activations beside their weight bits; for what is shared a move before them; or, for the tables, as they come.
  wire [Simd*ActBits-1:0] acts;
  wire take;
  wire filled;
  generate
    if (TableLanes == 0) begin : g_beside
      reg [Simd*ActBits-1:0] acts1_q;
      wire [Simd*ActBits-1:0] acts_beside;
      wire unused_filled = filled;
      if (Late == 0) begin : g_straight
        assign acts_beside = acts1_q;
      end else begin : g_load
        reg [Simd*ActBits-1:0] acts_q;
        always @(posedge clk_i) if (en && valid1_q) acts_q <= acts1_q;
        assign acts_beside = acts_q;
      end
      always @(posedge clk_i) if (fire && first_held) acts1_q <= in_data_i;
      assign vector_valid = in_valid_i;
      assign in_ready_o = en && first_held;
      if (Dots != 0) begin : g_shared
        assign take = valid;
        assign acts = acts_beside;
      end else begin : g_own
        reg [Simd*ActBits-1:0] acts2_q;
        always @(posedge clk_i) if (en && valid) acts2_q <= acts_beside;
        assign take = 1'b0;
        assign acts = acts2_q;
      end
    end else begin : g_before
      // Moves since a vector was taken; the next one is taken Hold moves behind it.
      reg [HoldBits-1:0] since_q;
      wire free = since_q == {HoldBits{1'b0}};
      always @(posedge clk_i) begin
        if (!rst_ni) since_q <= {HoldBits{1'b0}};
        else if (en && (!free || in_valid_i)) since_q <= (since_q == HoldLast) ? {HoldBits{1'b0}} : since_q + 1'b1;
      end
      assign vector_valid = filled;
      assign in_ready_o = en && free;
      assign take = free && in_valid_i;
      assign acts = in_data_i;
    end
  endgenerate

  // Weight bits; for flexor_dot_array whether they differ from those of the lane that theirs is joined to: words in front of the
  // registers from which they are shifted out, where gates of the XOR circuits stand already, or the bits chosen of a word.
  localparam integer LaneBits = WordCycles * Pe;
  localparam integer ComparedBits = (HeldWords != 0) ? Pe : LaneBits;
  wire [Planes*Simd*ComparedBits-1:0] bits;
  wire [Planes*Simd*ComparedBits-1:0] compared;

  genvar q, l;
  generate
    for (q = 0; q < Planes; q = q + 1) begin : g_plane
      for (l = 0; l < Simd; l = l + 1) begin : g_lane
        localparam integer At = (q * Simd + l) * ComparedBits;
        localparam integer To = (l % 3 != 0) ? l - 1 : 3 * ((l / 3) & (l / 3 - 1));
        if (Dots == 0) begin : g_bits
          assign compared[At+:ComparedBits] = bits[At+:ComparedBits];
        end else if (l == 0) begin : g_first
          assign compared[At+:ComparedBits] = ~bits[At+:ComparedBits];
        end else begin : g_other
          assign compared[At+:ComparedBits] = bits[At+:ComparedBits] ^ bits[(q*Simd+To)*ComparedBits+:ComparedBits];
        end
      end
    end

    if (HeldWords != 0) begin : g_select
      wire unused_load = load_word;
      flexor_weight_select #(
        .Lanes(Planes * Simd),
        .LaneBits(LaneBits),
        .Pe(Pe),
        .CycleBits(CycleBits)
      ) u_select (
        .clk_i(clk_i),
        .en_i(en && valid),
        .cycle_i(cycle),
        .word_i(word),
        .bits_o(bits)
      );
      assign weights2 = compared;
    end else begin : g_shift
      wire unused_cycle = ^cycle;
      assign bits = word;
      flexor_weight_shift #(
        .Lanes(Planes * Simd),
        .LaneBits(LaneBits),
        .Pe(Pe)
      ) u_shift (
        .clk_i(clk_i),
        .en_i(en && valid),
        .load_i(load_word),
        .word_i(compared),
        .bits_o(weights2)
      );
    end
  endgenerate

  wire [Planes*Pe*AccBits-1:0] selected;
  wire [SumBits-1:0] sum;

  generate
    if (Dots != 0) begin : g_dots
      wire unused_first = first2_q;
      flexor_dot_array #(
        .ActBits(ActBits),
        .ActSigned(ActSigned),
        .Simd(Simd),
        .Pe(Pe),
        .Groups(Groups),
        .Planes(Planes),
        .AccBits(AccBits)
      ) u_dots (
        .clk_i(clk_i),
        .rst_ni(rst_ni),
        .en_i(en),
        .take_i(take),
        .acts_i(acts),
        .valid_i(valid2_q),
        .last_i(last2_q),
        .end_i(group2_q == GroupLast),
        .signs_i(weights2),
        .out_valid_o(sums_valid),
        .dots_o(selected)
      );
      assign sum = {SumBits{1'b0}};
      assign filled = 1'b0;
    end else begin : g_selected
      flexor_mac_array #(
        .ActBits(ActBits),
        .ActSigned(ActSigned),
        .Simd(Simd),
        .Pe(Pe),
        .Groups(Groups),
        .Hold(Hold),
        .GroupBits(GroupBits),
        .Planes(Planes),
        .TableLanes(TableLanes),
        .LateBits(Late),
        .TreeLevels(TreeLevels),
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
        .take_i(take),
        .filled_o(filled),
        .acts_i(acts),
        .weights_i(weights2),
        .out_valid_o(sums_valid),
        .selected_o(selected),
        .sum_o(sum)
      );
    end
  endgenerate

  assign out_data_o = {sum, selected};
  assign out_valid_o = sums_valid && !waits;

`ifndef SYNTHESIS
  initial begin
    if (!(Groups >= 1 && Steps >= 1 && WordCycles >= 1)) begin
      $display("%m: error: flexor_engine needs Groups, Steps and WordCycles of at least 1");
      $stop;
    end
    if (!(HeldWords == 0 || LoadRegister == 0)) begin
      $display("%m: error: flexor_engine needs LoadRegister 0 where words are held");
      $stop;
    end
    if (!(Dots == 0 || (TableLanes == 0 && SumBits == 1))) begin
      $display("%m: error: flexor_engine needs SumBits 1 and no tables for dot products");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(SumBits + Planes * Pe * AccBits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
