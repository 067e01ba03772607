// prove: ActBits=1 Simd=1 Pe=2 Groups=2 GroupBits=1 Planes=1 AccBits=3 SumBits=3 | ActBits=2 ActSigned=1 Simd=1 Pe=1 Groups=1 GroupBits=1 Planes=2 AccBits=4 SumBits=4 | ActBits=1 Simd=2 Pe=1 Groups=2 GroupBits=1 Planes=1 AccBits=3 SumBits=3 | ActBits=1 Simd=3 Pe=1 Groups=2 Hold=1 GroupBits=1 Planes=1 AccBits=4 SumBits=4
//
// For any group, plane and channel: what leaves is the sum of those activations of the pixel whose weight bit is 1, modulo
// the accumulator's width, and the sum of all of them.
  wire [GroupBits-1:0] f_group = $anyconst;
  wire [7:0] f_channel = $anyconst;
  always @* assume (f_group < Groups && f_channel < Planes * Pe);
  // What the accumulators take this cycle: lanes are added up a move before.
  wire f_valid, f_first, f_last;
  wire [GroupBits-1:0] f_of;
  wire [Simd*ActBits-1:0] f_acts;
  wire [Planes*Simd*Pe-1:0] f_weights;
  generate
    if (Simd > 1) begin : f_moved
      reg f_valid_q = 1'b0;
      reg f_first_q, f_last_q;
      reg [GroupBits-1:0] f_of_q;
      reg [Simd*ActBits-1:0] f_acts_q;
      reg [Planes*Simd*Pe-1:0] f_weights_q;
      always @(posedge clk_i) begin
        if (en_i) {f_first_q, f_last_q, f_of_q, f_acts_q, f_weights_q} <= {first_i, last_i, group_i, acts_i, weights_i};
        if (!rst_ni) f_valid_q <= 1'b0;
        else if (en_i) f_valid_q <= valid_i;
      end
      assign {f_valid, f_first, f_last, f_of, f_acts, f_weights} = {f_valid_q, f_first_q, f_last_q, f_of_q, f_acts_q, f_weights_q};
      always @*
        if (f_started) begin
          assert (g_lane_reg.valid_q == f_valid_q);
          if (f_valid_q) begin
            assert (g_lane_reg.side_q == {f_first_q, f_last_q, f_of_q});
            assert (g_lane_reg.lane_sum_q == f_all && f_term == f_one);
          end
        end
    end else begin : f_direct
      assign {f_valid, f_first, f_last, f_of, f_acts, f_weights} = {valid_i, first_i, last_i, group_i, acts_i, weights_i};
    end
  endgenerate
  wire [AccBits-1:0] f_term = term >> (f_channel * AccBits);
  integer f_l;
  reg [AccBits-1:0] f_one;
  reg [SumBits-1:0] f_all;
  reg [ActBits-1:0] f_a;
  always @* begin
    f_one = 0;
    f_all = 0;
    for (f_l = 0; f_l < Simd; f_l = f_l + 1) begin
      f_a = f_acts >> (f_l * ActBits);
      f_all = f_all + {{(SumBits - ActBits) {(ActSigned != 0) && f_a[ActBits-1]}}, f_a};
      if ((f_weights >> (((f_channel / Pe) * Simd + f_l) * Pe + f_channel % Pe)) & 1'b1)
        f_one = f_one + {{(AccBits - ActBits) {(ActSigned != 0) && f_a[ActBits-1]}}, f_a};
    end
  end
  // Groups come in turn, from the first one on; the first step of a pixel comes for each of them.
  reg [GroupBits-1:0] f_next = 0;
  always @(posedge clk_i)
    if (!rst_ni) f_next <= 0;
    else if (en_i && f_valid) f_next <= (f_next == Groups - 1) ? 0 : f_next + 1'b1;
  always @* if (f_started && rst_ni && f_valid) assume (f_of == f_next);
  reg f_loaded = 1'b0;
  reg [AccBits-1:0] f_acc;
  wire f_take = en_i && f_valid && f_of == f_group;
  wire [AccBits-1:0] f_new = (f_first ? {AccBits{1'b0}} : f_acc) + f_one;
  wire [AccBits-1:0] f_kept = old >> (f_channel * AccBits);
  // Σa of the marked group's activations, which it shares with the groups that begin together.
  wire [GroupBits-1:0] f_lead = f_group - f_group % Hold;
  reg f_sum_loaded = 1'b0;
  reg [SumBits-1:0] f_sum;
  wire [SumBits-1:0] f_sum_new = (f_first ? {SumBits{1'b0}} : f_sum) + f_all;
  always @(posedge clk_i) begin
    if (f_take) begin
      f_loaded <= f_first || f_loaded;
      f_acc <= f_new;
    end
    if (en_i && f_valid && f_of == f_lead) begin
      f_sum_loaded <= f_first || f_sum_loaded;
      f_sum <= f_sum_new;
    end
    if (!rst_ni) begin
      f_loaded <= 1'b0;
      f_sum_loaded <= 1'b0;
    end
  end
  always @*
    if (f_started && rst_ni) begin
      assert (out_valid_o == (f_valid && f_last));
      if (f_valid && f_of == f_group && f_loaded) assert (f_kept == f_acc);
      if (f_valid && f_of == f_group && (f_loaded || f_first)) assert (((selected_o >> (f_channel * AccBits)) & {AccBits{1'b1}}) == f_new);
      if (f_valid && f_of == f_group && f_of == f_lead && (f_sum_loaded || f_first)) assert (sum_o == f_sum_new);
      if (f_valid && f_of == f_group && f_of != f_lead && f_sum_loaded) assert (sum_o == f_sum);
    end
  generate
    if (Groups == 1) begin : f_one_group
      always @* if (f_started && f_loaded) assert (((g_one_group.acc_q >> (f_channel * AccBits)) & {AccBits{1'b1}}) == f_acc);
    end else begin : f_groups
      always @* if (f_started && f_loaded) assert (((g_groups.acc[f_group] >> (f_channel * AccBits)) & {AccBits{1'b1}}) == f_acc);
    end
    if (Hold == Groups) begin : f_one_sum
      always @* if (f_started && f_sum_loaded) assert (g_one_sum.sum_q == f_sum);
    end else begin : f_sums
      always @*
        if (f_started) begin
          assert (g_sums.hold_q < Hold && g_sums.index_q * Hold + g_sums.hold_q == f_next);
          if (f_sum_loaded) assert (g_sums.sums[f_group / Hold] == f_sum);
        end
    end
  endgenerate
