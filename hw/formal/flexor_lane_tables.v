// prove: ActBits=1 Simd=2 TableLanes=2 Pe=2 TreeBits=2 | ActBits=2 ActSigned=1 Simd=3 TableLanes=2 Planes=2 TreeBits=4 | ActBits=1 Simd=5 TableLanes=3 TreeBits=4 | ActBits=1 Simd=4 TableLanes=4 TreeBits=3 | ActBits=1 Simd=3 TableLanes=2 Pe=1 LateBits=1 TreeBits=3
//
// For any weight bits: what a channel reads is the sum of the activations whose bit is 1, of the vector whose tables are full,
// and so is the sum of all as far as the next vector's is not there. Vectors come as far apart as the head says.
  localparam integer f_Last = Entries - 1;
  always @* assume (!take_i || !picking_q || index_q == f_Last);
  wire [Planes*Simd*Pe-1:0] f_weights = $anyconst;
  // Vectors: taken last, the one before, and the one whose tables are read.
  reg [Simd*ActBits-1:0] f_filling, f_before, f_reading;
  reg f_valid = 1'b0;
  // Of the entry that is being written: the last one of a vector may go while the next vector is there.
  wire [Simd*ActBits-1:0] f_written = (index_q == 0 && picking_q) ? f_before : f_filling;
  wire [TableLanes-1:0] f_at = index_q - 1'b1;
  wire f_switch = en_i && write_q && f_at == f_Last;
  // With LateBits the vector of filled_o a move later.
  reg f_early = 1'b0;
  reg [Simd*ActBits-1:0] f_early_of;
  always @(posedge clk_i) begin
    if (en_i) {f_early, f_early_of} <= {filled_o, f_filling};
    if (!rst_ni) f_early <= 1'b0;
  end
  wire f_full = (LateBits != 0) ? f_early : filled_o;
  wire [Simd*ActBits-1:0] f_full_of = (LateBits != 0) ? f_early_of : f_filling;
  // The vector of filled_o, and what follows it.
  reg f_one = 1'b0, f_two = 1'b0;
  reg [Simd*ActBits-1:0] f_one_of, f_two_of;
  always @(posedge clk_i) begin
    if (en_i && take_i) {f_filling, f_before} <= {acts_i, f_filling};
    if (f_switch) f_reading <= f_written;
    if (en_i) {f_one, f_two, f_one_of, f_two_of} <= {f_full, f_one, f_full_of, f_one_of};
    f_valid <= rst_ni && (f_valid || f_switch);
    if (!rst_ni) {f_one, f_two} <= 2'd0;
  end

  function [TermBits-1:0] f_sum(input [Simd*ActBits-1:0] vector, input integer of, input [TableLanes-1:0] bits);
    integer lane;
    reg [ActBits-1:0] a;
    begin
      f_sum = 0;
      for (lane = 0; lane < TableLanes; lane = lane + 1)
        if (bits[lane] && of * TableLanes + lane < Simd) begin
          a = vector >> ((of * TableLanes + lane) * ActBits);
          f_sum = f_sum + {{(TermBits - ActBits) {(ActSigned != 0) && a[ActBits-1]}}, a};
        end
    end
  endfunction
  // Place of an entry in the order of the Gray code.
  function [TableLanes-1:0] f_place(input [TableLanes-1:0] entry);
    integer shift;
    begin
      f_place = 0;
      for (shift = 0; shift < TableLanes; shift = shift + 1) f_place = f_place ^ (entry >> shift);
    end
  endfunction
  function [TreeBits-1:0] f_selected(input [Simd*ActBits-1:0] vector, input [Simd-1:0] bits);
    integer lane;
    reg [ActBits-1:0] a;
    begin
      f_selected = 0;
      for (lane = 0; lane < Simd; lane = lane + 1)
        if (bits[lane]) begin
          a = vector >> (lane * ActBits);
          f_selected = f_selected + {{(TreeBits - ActBits) {(ActSigned != 0) && a[ActBits-1]}}, a};
        end
    end
  endfunction
  // The lane that the entry behind this one has more or less.
  function [1:0] f_pick(input [TableLanes-1:0] entry);
    integer lane;
    begin
      f_pick = 0;
      for (lane = TableLanes - 1; lane >= 0; lane = lane - 1) if (!entry[lane]) f_pick = lane;
    end
  endfunction
  function f_more(input [TableLanes-1:0] entry);
    reg [TableLanes:0] changed;
    begin
      changed = (entry + 1'b1) ^ ((entry + 1'b1) >> 1);
      f_more = entry == f_Last || changed[f_pick(entry)];
    end
  endfunction

  always @*
    if (f_started) begin
      assert (picking_q || index_q == 0);
      assert (write_q || index_q == 0);
      if (picking_q) assert (acts_q == f_filling);
      assert (pick_q == f_pick(index_q) && pick_plus_q == f_more(index_q));
      if (write_q) begin
        assert (gray_q == (f_at ^ (f_at >> 1)));
        if (index_q != 0) assert (plus_q == f_more(f_at));
      end
      if (LateBits != 0 && f_early) assert (picking_q && index_q == f_Last && f_early_of == f_filling);
      if (f_one) assert (write_q && f_at == f_Last && f_written == f_one_of);
      if (f_two) assert (f_valid && f_reading == f_two_of);
      if (f_valid && !(write_q && f_at > f_place(f_Last)))
        assert (total_q == f_selected(f_reading, {Simd{1'b1}}));
      if (write_q && f_at > f_place(f_Last)) assert (total_q == f_selected(f_written, {Simd{1'b1}}));
    end

  genvar f_t, f_c;
  generate
    for (f_t = 0; f_t < Tables; f_t = f_t + 1) begin : f_table
      wire [ActBits-1:0] f_act = g_table[f_t].own >> (f_pick(f_at) * ActBits);
      always @*
        if (f_started && write_q) begin
          assert (g_table[f_t].value_q == f_sum(f_written, f_t, gray_q));
          if (index_q != 0) assert (g_table[f_t].act_q == f_act);
        end
      for (f_c = 0; f_c < Planes * Pe; f_c = f_c + 1) begin : f_channel
        wire [TableLanes-1:0] f_entry;
        genvar f_l;
        for (f_l = 0; f_l < TableLanes; f_l = f_l + 1) begin : f_bit
          if (f_t * TableLanes + f_l < Simd) begin : f_own
            assign f_entry[f_l] = f_weights[((f_c/Pe)*Simd+f_t*TableLanes+f_l)*Pe+f_c%Pe];
          end else begin : f_none
            assign f_entry[f_l] = 1'b0;
          end
        end
        always @*
          if (f_started) begin
            if (f_valid) assert (g_table[f_t].g_channel[f_c].sums[{!half_q, f_entry}] == f_sum(f_reading, f_t, f_entry));
            if (write_q && f_place(f_entry) < f_at)
              assert (g_table[f_t].g_channel[f_c].sums[{half_q, f_entry}] == f_sum(f_written, f_t, f_entry));
          end
      end
    end
    for (f_c = 0; f_c < Planes * Pe; f_c = f_c + 1) begin : f_sums
      wire [Simd-1:0] f_bits;
      genvar f_l;
      for (f_l = 0; f_l < Simd; f_l = f_l + 1) begin : f_bit
        assign f_bits[f_l] = f_weights[((f_c/Pe)*Simd+f_l)*Pe+f_c%Pe];
      end
      always @*
        if (f_started && f_valid && weights_i == f_weights)
          assert (((totals_o >> (f_c * TreeBits)) & {TreeBits{1'b1}}) == f_selected(f_reading, f_bits));
    end
  endgenerate
