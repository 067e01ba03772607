// prove: ActBits=1 Simd=1 Pe=2 Groups=2 Planes=1 AccBits=4 | ActBits=2 ActSigned=1 Simd=2 Pe=1 Groups=1 Planes=2 AccBits=5 | ActBits=1 Simd=3 Pe=1 Groups=3 Planes=1 AccBits=5 | ActBits=1 Simd=5 Pe=2 Groups=1 Planes=1 AccBits=5 | ActBits=1 ActSigned=1 Simd=7 Pe=1 Groups=1 Planes=1 AccBits=6
//
// For any plane and channel: what leaves for a group is the sum of b*a over its pixel, modulo the accumulator's width, b that
// which the signs of the lanes say; groups come in turn, from the first one on, each of them in every step of a pixel.
  wire [7:0] f_channel = $anyconst;
  always @* assume (f_channel < Channels);

  // Whether the weight of a lane is -1, and whether that of the first lane of a node.
  function [Simd-1:0] f_negative(input [Simd-1:0] own);
    integer lane;
    for (lane = 0; lane < Simd; lane = lane + 1)
      f_negative[lane] =
          own[lane] ^ ((lane == 0) ? 1'b0 : f_negative[(lane % 3 != 0) ? lane - 1 : 3 * ((lane / 3) & (lane / 3 - 1))]);
  endfunction
  function signed [AccBits-1:0] f_lane(input [Simd*ActBits-1:0] vector, input integer lane);
    reg [ActBits-1:0] a;
    begin
      a = vector >> (lane * ActBits);
      f_lane = {{(AccBits - ActBits) {(ActSigned != 0) && a[ActBits-1]}}, a};
    end
  endfunction
  // Lanes from `from` on below `to`, relative to the first one, or as they are.
  function signed [AccBits-1:0] f_sum(
      input [Simd*ActBits-1:0] vector, input [Simd-1:0] own, input integer from, input integer to, input relative);
    reg [Simd-1:0] negative;
    integer lane;
    begin
      negative = f_negative(own);
      f_sum = 0;
      for (lane = from; lane < to && lane < Simd; lane = lane + 1)
        f_sum = (negative[lane] ^ (relative && negative[from])) ? f_sum - f_lane(vector, lane) : f_sum + f_lane(vector, lane);
    end
  endfunction

  // The vector whose signs come.
  reg f_taken = 1'b0;
  reg [Simd*ActBits-1:0] f_vector;
  always @(posedge clk_i) if (en_i && take_i) {f_taken, f_vector} <= {1'b1, acts_i};
  always @* if (valid_i) assume (f_taken);
  wire [Simd-1:0] f_signs;
  genvar f_l, f_k, f_j;
  generate
    for (f_l = 0; f_l < Simd; f_l = f_l + 1) begin : f_sign
      assign f_signs[f_l] = signs_i >> (((f_channel / Pe) * Simd + f_l) * Pe + f_channel % Pe);
    end
    for (f_l = 0; f_l < Threes; f_l = f_l + 1) begin : f_shared
      wire [AccBits-1:0] f_second = (Simd == 2) ? f_lane(f_vector, 0) : (3 * f_l + 1 < Simd) ? f_lane(f_vector, 3 * f_l + 1) : 0;
      wire [AccBits-1:0] f_third = (Simd == 2) ? f_lane(f_vector, 1) : (3 * f_l + 2 < Simd) ? f_lane(f_vector, 3 * f_l + 2) : 0;
      wire [PairBits-1:0] f_head = (Simd == 2) ? 0 : f_lane(f_vector, 3 * f_l);
      wire [PairBits-1:0] f_plus = f_second + f_third;
      wire [PairBits-1:0] f_less = f_second - f_third;
      always @*
        if (f_started && f_taken) begin
          assert (g_shared[f_l].head_q == f_head);
          assert (g_shared[f_l].sum_q == f_plus);
          assert (g_shared[f_l].difference_q == f_less);
        end
    end
  endgenerate

  // What entered the levels of the tree, a move ago at level 0.
  localparam integer f_Depth = (Moves > 0) ? Moves : 1;
  reg [f_Depth*(1+Simd*ActBits+Simd)-1:0] f_moving = 0;
  localparam integer f_Bits = 1 + Simd * ActBits + Simd;
  always @(posedge clk_i)
    if (!rst_ni) f_moving <= 0;
    else if (en_i) f_moving <= {f_moving, valid_i, f_vector, f_signs};
  wire f_valid;
  wire [Simd*ActBits-1:0] f_acts;
  wire [Simd-1:0] f_own;
  generate
    if (Moves == 0) begin : f_direct
      assign {f_valid, f_acts, f_own} = {valid_i, f_vector, f_signs};
    end else begin : f_moved
      assign {f_valid, f_acts, f_own} = f_moving[f_Depth*f_Bits-1-:f_Bits];
      for (f_k = 0; f_k < Moves; f_k = f_k + 1) begin : f_level
        wire f_here;
        wire [Simd*ActBits-1:0] f_of;
        wire [Simd-1:0] f_with;
        assign {f_here, f_of, f_with} = f_moving[f_k*f_Bits+:f_Bits];
        always @* if (f_started) assert (g_moved.valid_q[f_k] == f_here);
        for (f_j = 0; f_j < (Threes + (1 << f_k) - 1) >> f_k; f_j = f_j + 1) begin : f_node
          wire [ThreeBits+f_k-1:0] f_total = f_sum(f_of, f_with, 3 * f_j << f_k, 3 * (f_j + 1) << f_k, 1'b1);
          wire [Channels-1:0] f_total_is;
          wire [Channels-1:0] f_sign_is;
          genvar f_c;
          for (f_c = 0; f_c < Channels; f_c = f_c + 1) begin : f_channels
            assign f_total_is[f_c] = g_channel[f_c].g_tree.g_level[f_k].g_node[f_j].total_q == f_total;
            assign f_sign_is[f_c] = g_channel[f_c].g_tree.g_level[f_k].g_node[f_j].sign_q == f_with[3*f_j<<f_k];
          end
          always @* if (f_started && f_here) assert (f_total_is[f_channel] && f_sign_is[f_channel]);
        end
      end
    end
  endgenerate

  // Accumulators as they should be, in turn; of the channel.
  reg [7:0] f_turn = 8'd0;
  reg f_first = 1'b1;
  reg f_step_last = 1'b0;
  reg [Groups-1:0] f_written = 0;
  reg [Groups*AccBits-1:0] f_accs;
  wire [AccBits-1:0] f_acc = f_accs >> (f_turn * AccBits);
  wire [AccBits-1:0] f_new = (f_first ? {AccBits{1'b0}} : f_acc) + f_sum(f_acts, f_own, 0, Simd, 1'b0);
  integer f_g;
  always @* assert (!f_started || valid == f_valid);
  always @*
    if (f_started && rst_ni && valid) begin
      assume (group_end == (f_turn == Groups - 1));
      assume (f_turn == 0 || last == f_step_last);
    end
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_turn <= 0;
      f_first <= 1'b1;
      f_written <= 0;
    end else if (add) begin
      f_turn <= (f_turn == Groups - 1) ? 0 : f_turn + 1'b1;
      f_step_last <= last;
      if (f_turn == Groups - 1) f_first <= last;
      for (f_g = 0; f_g < Groups; f_g = f_g + 1)
        if (f_g == f_turn) begin
          f_accs[f_g*AccBits+:AccBits] <= f_new;
          f_written[f_g] <= 1'b1;
        end
    end
  wire [AccBits-1:0] f_head = head_q >> (f_channel * AccBits);
  wire [AccBits-1:0] f_total = total >> (f_channel * AccBits);
  wire [AccBits-1:0] f_dot = dots_o >> (f_channel * AccBits);
  always @*
    if (f_started) begin
      assert (f_turn < Groups);
      assert (f_first || &f_written);
      for (f_g = 0; f_g < Groups; f_g = f_g + 1) assert (f_g >= f_turn || f_written[f_g]);
      assert (f_head == (f_first ? {AccBits{1'b0}} : f_acc));
      if (rst_ni && valid) assert (f_total == f_new);
      if (rst_ni) assert (out_valid_o == (f_valid && last));
      if (rst_ni && out_valid_o) assert (f_dot == f_new);
    end
  generate
    if (Groups > 1) begin : f_ring
      always @* if (f_started) assert (g_groups.starts_q == f_first);
      for (f_j = 0; f_j < Groups - 1; f_j = f_j + 1) begin : f_place
        wire [7:0] f_of = (f_turn + 2 * Groups - 1 - f_j) % Groups;
        wire [AccBits-1:0] f_kept = g_groups.others_q[f_j*AccWord+:AccWord] >> (f_channel * AccBits);
        wire [AccBits-1:0] f_is = f_accs >> (f_of * AccBits);
        always @* if (f_started && f_written[f_of]) assert (f_kept == f_is);
      end
    end
  endgenerate
