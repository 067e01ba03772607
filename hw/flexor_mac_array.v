// Pe accumulators per plane that add the activations whose weight bit is 1: selected P = sum of a over b = 1.
//
// sum(b*a) with b = -1 or +1 is 2P - sum(a); sum(a) is common to all channels and kept once. Simd lanes are ANDed with
// their weight bits and added up before one accumulator takes them; the accumulators of the Groups channel groups live
// in a small memory. The first addition of a pixel loads: it never adds to old contents.
// With TableLanes > 0 the sums over lanes come of tables (flexor_lane_tables) in place of adders behind ANDs.
// Example: Pe 16, Simd 1, Groups 4 serves 64 output channels, a new activation every four cycles.
// Not done here: 2P - sum(a), multiplying (flexor_requantiser); scheduling (flexor_engine).
// Registered paths: sums over lanes where Simd > 1, and sums of every TreeLevels levels of adders on the way to them. Results
// leave combinationally from the accumulator adders.
module flexor_mac_array #(
  parameter integer ActBits = 8,
  parameter integer ActSigned = 0,
  parameter integer Simd = 1,
  parameter integer Pe = 1,
  parameter integer Groups = 1,
  // Groups that share the activations, in turn; Groups/Hold sums of activations are kept.
  parameter integer Hold = Groups,
  parameter integer GroupBits = 1,
  parameter integer Planes = 1,
  // Lanes that share a table of their partial sums, 2 to 4, at least 2^TableLanes cycles a vector; 0: no tables.
  parameter integer TableLanes = 0,
  // Weight bits come a move later than flexor_lane_tables says.
  parameter integer LateBits = 0,
  // Levels of adders from one register to the next.
  parameter integer TreeLevels = 2,
  // Both at least ActBits + 1; wide enough for every partial sum.
  parameter integer AccBits = 16,
  parameter integer SumBits = 16
) (
  input  wire                         clk_i,
  input  wire                         rst_ni,
  // Moves every register on; everything holds while it is low.
  input  wire                         en_i,
  input  wire                         valid_i,
  // First and last window step of a pixel, and the channel group of this cycle.
  input  wire                         first_i,
  input  wire                         last_i,
  input  wire [GroupBits-1:0]         group_i,
  // With tables a vector comes beside take_i, before its weight bits (flexor_lane_tables), else beside them.
  input  wire                         take_i,
  output wire                         filled_o,
  input  wire [Simd*ActBits-1:0]      acts_i,
  // Weight bit of plane q, lane l, channel p at [(q*Simd + l)*Pe + p].
  input  wire [Planes*Simd*Pe-1:0]    weights_i,
  // Finished group: plane q, channel p at [(q*Pe + p)*AccBits +: AccBits].
  output wire                         out_valid_o,
  output wire [Planes*Pe*AccBits-1:0] selected_o,
  output wire [SumBits-1:0]           sum_o
);

  localparam integer AccWord = Planes * Pe * AccBits;
  // Moves of en_i from lanes to their sum: registers within the adder trees, and one behind.
  localparam integer Terms = (TableLanes > 0) ? (Simd + TableLanes - 1) / ((TableLanes > 0) ? TableLanes : 1) : Simd;
  // Activations of few bits are added up in blocks of up to 16 lanes, which have registers of their own.
  localparam integer Compressed = (TableLanes == 0 && ActBits <= 3) ? 1 : 0;
  localparam integer Blocked = (Compressed != 0 && Terms > 4) ? 1 : 0;
  localparam integer Leaves = (Blocked != 0) ? (Terms + 15) / 16 : Terms;
  localparam integer LeafMoves = (Blocked == 0) ? 0 : (Leaves > 1) ? 2 : 1;
  localparam integer TreeMoves = LeafMoves + ((Leaves > 1) ? ($clog2(Leaves) - 1) / TreeLevels : 0);

  wire [AccWord-1:0] term_d;
  wire [SumBits-1:0] lane_sum_d;
  wire [AccWord-1:0] term;
  wire [SumBits-1:0] lane_sum;
  wire valid;
  wire first;
  wire last;
  wire [GroupBits-1:0] group;

  genvar q, p, l;
  generate
    if (TableLanes > 0) begin : g_tables
      localparam integer TreeBits = ActBits + $clog2(TableLanes) + $clog2(Terms);
      wire [Planes*Pe*TreeBits-1:0] totals;
      wire [TreeBits-1:0] lane_total;
      flexor_lane_tables #(
        .ActBits(ActBits),
        .ActSigned(ActSigned),
        .Simd(Simd),
        .TableLanes(TableLanes),
        .Pe(Pe),
        .Planes(Planes),
        .LateBits(LateBits),
        .TreeLevels(TreeLevels),
        .TreeBits(TreeBits)
      ) u_tables (
        .clk_i(clk_i),
        .rst_ni(rst_ni),
        .en_i(en_i),
        .take_i(take_i),
        .acts_i(acts_i),
        .filled_o(filled_o),
        .weights_i(weights_i),
        .totals_o(totals),
        .total_o(lane_total)
      );
      flexor_resize #(
        .InBits(TreeBits),
        .OutBits(SumBits),
        .Signed(ActSigned)
      ) u_sum_resize (
        .in_i(lane_total),
        .out_o(lane_sum_d)
      );
      for (q = 0; q < Planes * Pe; q = q + 1) begin : g_resize
        flexor_resize #(
          .InBits(TreeBits),
          .OutBits(AccBits),
          .Signed(ActSigned)
        ) u_resize (
          .in_i(totals[q*TreeBits+:TreeBits]),
          .out_o(term_d[q*AccBits+:AccBits])
        );
      end
    end else if (Simd > 1) begin : g_lanes
      localparam integer TreeBits = ActBits + $clog2(Simd);
      wire [TreeBits-1:0] lane_total;
      flexor_adder_tree #(
        .Count(Simd),
        .Bits(ActBits),
        .Signed(ActSigned),
        .Masked(0),
        .Registered(1),
        .TreeLevels(TreeLevels),
        .Compressed(Compressed),
        .SumBits(TreeBits)
      ) u_sum (
        .clk_i(clk_i),
        .en_i(en_i),
        .enable_i({Simd{1'b1}}),
        .terms_i(acts_i),
        .sum_o(lane_total)
      );
      flexor_resize #(
        .InBits(TreeBits),
        .OutBits(SumBits),
        .Signed(ActSigned)
      ) u_sum_resize (
        .in_i(lane_total),
        .out_o(lane_sum_d)
      );
      for (q = 0; q < Planes; q = q + 1) begin : g_plane
        for (p = 0; p < Pe; p = p + 1) begin : g_pe
          wire [Simd-1:0] enable;
          wire [TreeBits-1:0] total;
          for (l = 0; l < Simd; l = l + 1) begin : g_enable
            assign enable[l] = weights_i[(q*Simd+l)*Pe+p];
          end
          flexor_adder_tree #(
            .Count(Simd),
            .Bits(ActBits),
            .Signed(ActSigned),
            .Registered(1),
            .TreeLevels(TreeLevels),
            .Compressed(Compressed),
            .SumBits(TreeBits)
          ) u_tree (
            .clk_i(clk_i),
            .en_i(en_i),
            .enable_i(enable),
            .terms_i(acts_i),
            .sum_o(total)
          );
          flexor_resize #(
            .InBits(TreeBits),
            .OutBits(AccBits),
            .Signed(ActSigned)
          ) u_resize (
            .in_i(total),
            .out_o(term_d[(q*Pe+p)*AccBits+:AccBits])
          );
        end
      end
    end else begin : g_one_lane
      wire sign = (ActSigned != 0) && acts_i[ActBits-1];
      assign lane_sum_d = {{(SumBits - ActBits) {sign}}, acts_i};
      for (q = 0; q < Planes * Pe; q = q + 1) begin : g_pe
        assign term_d[q*AccBits+:AccBits] = {{(AccBits - ActBits) {sign}}, acts_i} & {AccBits{weights_i[q]}};
      end
    end

    if (TableLanes == 0) begin : g_no_tables
      wire unused_take = take_i;
      assign filled_o = 1'b0;
    end

    if (Simd > 1) begin : g_lane_reg
      localparam integer SideBits = GroupBits + 2;
      reg [AccWord-1:0] term_q;
      reg [SumBits-1:0] lane_sum_q;
      // Beside the sums, the youngest one lowest.
      reg [TreeMoves:0] valid_q;
      reg [(TreeMoves+1)*SideBits-1:0] side_q;
      wire [(TreeMoves+2)*SideBits-1:0] side_d = {side_q, first_i, last_i, group_i};
      wire [TreeMoves+1:0] valid_d = {valid_q, valid_i};
      always @(posedge clk_i) begin
        if (en_i) begin
          term_q <= term_d;
          lane_sum_q <= lane_sum_d;
          side_q <= side_d[(TreeMoves+1)*SideBits-1:0];
        end
        if (!rst_ni) valid_q <= {(TreeMoves + 1) {1'b0}};
        else if (en_i) valid_q <= valid_d[TreeMoves:0];
      end
      assign term = term_q;
      assign lane_sum = lane_sum_q;
      assign valid = valid_d[TreeMoves+1];
      assign {first, last, group} = side_d[(TreeMoves+1)*SideBits+:SideBits];
    end else begin : g_no_lane_reg
      wire unused_rst = rst_ni;
      assign term = term_d;
      assign lane_sum = lane_sum_d;
      assign valid = valid_i;
      assign first = first_i;
      assign last = last_i;
      assign group = group_i;
    end
  endgenerate

  // Accumulators: one word of all planes and channels per group.
  wire [AccWord-1:0] old;
  wire [AccWord-1:0] new_total;

  generate
    if (Groups == 1) begin : g_one_group
      reg [AccWord-1:0] acc_q;
      wire unused_group = ^group;
      always @(posedge clk_i) if (en_i && valid) acc_q <= new_total;
      assign old = acc_q;
    end else begin : g_groups
      reg [AccWord-1:0] acc [0:Groups-1];
      always @(posedge clk_i) if (en_i && valid) acc[group] <= new_total;
      assign old = acc[group];
    end

    for (q = 0; q < Planes * Pe; q = q + 1) begin : g_acc
      assign new_total[q*AccBits+:AccBits] =
          (first ? {AccBits{1'b0}} : old[q*AccBits+:AccBits]) + term[q*AccBits+:AccBits];
    end
  endgenerate

  // sum(a) grows once per window step, with the first group that shares the activations, and stands for the others.
  wire [SumBits-1:0] sum_now;

  generate
    if (Hold == Groups) begin : g_one_sum
      reg [SumBits-1:0] sum_q;
      wire first_group = group == {GroupBits{1'b0}};
      wire [SumBits-1:0] sum_new = (first ? {SumBits{1'b0}} : sum_q) + lane_sum;
      always @(posedge clk_i) if (en_i && valid && first_group) sum_q <= sum_new;
      assign sum_now = first_group ? sum_new : sum_q;
    end else begin : g_sums
      localparam integer Sums = Groups / Hold;
      localparam integer HoldBits = (Hold <= 1) ? 1 : $clog2(Hold);
      localparam integer IndexBits = $clog2(Sums);
      localparam integer HoldLastI = Hold - 1;
      localparam integer IndexLastI = Sums - 1;
      localparam [HoldBits-1:0] HoldLast = HoldLastI[HoldBits-1:0];
      localparam [IndexBits-1:0] IndexLast = IndexLastI[IndexBits-1:0];
      reg [SumBits-1:0] sums [0:Sums-1];
      reg [HoldBits-1:0] hold_q;
      reg [IndexBits-1:0] index_q;
      wire first_held = hold_q == {HoldBits{1'b0}};
      wire [SumBits-1:0] sum_old = sums[index_q];
      wire [SumBits-1:0] sum_new = (first ? {SumBits{1'b0}} : sum_old) + lane_sum;
      always @(posedge clk_i) begin
        if (en_i && valid && first_held) sums[index_q] <= sum_new;
        if (!rst_ni) begin
          hold_q <= {HoldBits{1'b0}};
          index_q <= {IndexBits{1'b0}};
        end else if (en_i && valid) begin
          hold_q <= (hold_q == HoldLast) ? {HoldBits{1'b0}} : hold_q + 1'b1;
          if (hold_q == HoldLast) index_q <= (index_q == IndexLast) ? {IndexBits{1'b0}} : index_q + 1'b1;
        end
      end
      assign sum_now = first_held ? sum_new : sum_old;
    end
  endgenerate

  assign out_valid_o = valid && last;
  assign selected_o = new_total;
  assign sum_o = sum_now;

`ifndef SYNTHESIS
  initial begin
    if (!(AccBits > ActBits && SumBits > ActBits)) begin
      $display("%m: error: flexor_mac_array needs AccBits and SumBits of more than ActBits");
      $stop;
    end
    if (!(TableLanes == 0 || (Simd > 1 && Hold >= (1 << TableLanes)))) begin
      $display("%m: error: flexor_mac_array needs Simd of at least 2 and Hold of at least 2^TableLanes for tables");
      $stop;
    end
    if (!(GroupBits >= 1 && GroupBits >= $clog2(Groups))) begin
      $display("%m: error: flexor_mac_array needs GroupBits that hold Groups - 1");
      $stop;
    end
  end
  // What is added and what comes of it, with a bit more.
  wire [Planes*Pe-1:0] fits;
  generate
    for (q = 0; q < Planes * Pe; q = q + 1) begin : g_fits
      wire [AccBits-1:0] from = first ? {AccBits{1'b0}} : old[q*AccBits+:AccBits];
      wire [AccBits-1:0] added = term[q*AccBits+:AccBits];
      wire [AccBits-1:0] to = new_total[q*AccBits+:AccBits];
      wire [AccBits:0] exact =
          {(ActSigned != 0) && from[AccBits-1], from} + {(ActSigned != 0) && added[AccBits-1], added};
      assign fits[q] = exact == {(ActSigned != 0) && to[AccBits-1], to};
    end
  endgenerate
  always @(posedge clk_i)
    if (rst_ni && en_i && valid && !(&fits)) begin
      $display("%m: error: overflow of an accumulator of AccBits");
      $stop;
    end
`endif

endmodule
