// Sums of lanes by tables: for every channel the sum of the activations whose weight bit is 1, and the sum of all of them.
//
// TableLanes lanes share a table of their 2^TableLanes partial sums in distributed RAM, and a channel's weight bits are the
// address at which it reads. A table has two halves: while one is read, the other is filled in Gray-code order, by one addition
// or subtraction of a lane a move. Beside take_i comes a vector; its tables are read from 2^TableLanes + 2 moves later on, until
// those of the next one are full.
// Example: Simd 16, TableLanes 4, Pe 4: four tables of sixteen 10-bit sums, each four times, since every channel reads; a channel
// adds up four sums.
// Not done here: holding a vector back until the tables are free, adding up over the steps of a pixel (flexor_mac_array).
// Registered paths: partial sums, the sum of all activations; of a channel's sums those of every TreeLevels levels of adders
// (flexor_adder_tree), the register behind them is the caller's.
module flexor_lane_tables #(
  parameter integer ActBits = 8,
  parameter integer ActSigned = 0,
  parameter integer Simd = 2,
  // Lanes that share a table, 2 to 4; the last table may have fewer.
  parameter integer TableLanes = 2,
  parameter integer Pe = 1,
  parameter integer Planes = 1,
  // The weight bits come a move later: filled_o is given a move earlier.
  parameter integer LateBits = 0,
  // Levels of adders from one register to the next.
  parameter integer TreeLevels = 2,
  // ActBits + $clog2(TableLanes), and what as many sums as there are tables need.
  parameter integer TreeBits = 9
) (
  input  wire                          clk_i,
  input  wire                          rst_ni,
  // Moves every register on; everything holds while it is low.
  input  wire                          en_i,
  // A vector comes; at least 2^TableLanes moves behind the one before.
  input  wire                          take_i,
  input  wire [Simd*ActBits-1:0]       acts_i,
  // The weight bits that are there 2 + LateBits moves later read this vector's tables: 2^TableLanes - LateBits moves behind
  // take_i.
  output wire                          filled_o,
  // Weight bit of plane q, lane l, channel p at [(q*Simd + l)*Pe + p].
  input  wire [Planes*Simd*Pe-1:0]     weights_i,
  // Plane q, channel p at [(q*Pe + p)*TreeBits +: TreeBits].
  output wire [Planes*Pe*TreeBits-1:0] totals_o,
  // Of the vector that is read, as many moves behind its first weight bits as its totals.
  output wire [TreeBits-1:0]           total_o
);

  localparam integer Tables = (Simd + TableLanes - 1) / TableLanes;
  localparam integer TermBits = ActBits + $clog2(TableLanes);
  localparam integer Entries = 1 << TableLanes;
  // Moves of the adder trees.
  localparam integer TreeMoves = (Tables > 1) ? ($clog2(Tables) - 1) / TreeLevels : 0;
  localparam integer FilledAtI = Entries - 1 - LateBits;
  localparam [TableLanes-1:0] FilledAt = FilledAtI[TableLanes-1:0];

  // Filling goes over the entries of the Gray code in two moves: the lane by which the next entry differs, then the entry.
  reg picking_q;
  reg [TableLanes-1:0] index_q;
  reg write_q;
  reg [TableLanes-1:0] gray_q;
  reg half_q;
  reg [Simd*ActBits-1:0] acts_q;
  reg [1:0] pick_q;
  reg pick_plus_q;
  reg plus_q;

  // From entry n on the next one has the lane of the lowest 0 of n more, or less where the bit of n above it is 1.
  wire [TableLanes-1:0] next_index = index_q + 1'b1;
  wire [TableLanes:0] above = {1'b0, next_index};
  reg [1:0] next_pick;
  reg next_plus;
  integer i;
  always @* begin
    next_pick = 2'd0;
    next_plus = 1'b1;
    for (i = TableLanes - 1; i >= 0; i = i - 1)
      if (!next_index[i]) begin
        next_pick = i[1:0];
        next_plus = !above[i+1];
      end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      picking_q <= 1'b0;
      index_q <= {TableLanes{1'b0}};
      {pick_q, pick_plus_q} <= 3'd1;
      write_q <= 1'b0;
      half_q <= 1'b0;
    end else if (en_i) begin
      picking_q <= take_i || (picking_q && !(&index_q));
      if (picking_q) begin
        index_q <= next_index;
        {pick_q, pick_plus_q} <= {next_pick, next_plus};
      end
      write_q <= picking_q;
      // The last entry.
      if (write_q && index_q == {TableLanes{1'b0}}) half_q <= !half_q;
    end
    if (en_i) begin
      if (take_i) acts_q <= acts_i;
      gray_q <= index_q ^ (index_q >> 1);
      plus_q <= pick_plus_q;
    end
  end

  assign filled_o = picking_q && (index_q == FilledAt);

  // The first entry, whose bits are all 0.
  wire clear = en_i && index_q == {TableLanes{1'b0}};
  wire [Tables*TermBits-1:0] values;
  wire [Planes*Pe*Tables*TermBits-1:0] terms;

  genvar t, l, c;
  generate
    for (t = 0; t < Tables; t = t + 1) begin : g_table
      // Lanes past the last one have nothing to add, and no weight bits.
      wire [4*ActBits-1:0] own;
      for (l = 0; l < 4; l = l + 1) begin : g_lane
        if (l < TableLanes && t * TableLanes + l < Simd) begin : g_own
          assign own[l*ActBits+:ActBits] = acts_q[(t*TableLanes+l)*ActBits+:ActBits];
        end else begin : g_none
          assign own[l*ActBits+:ActBits] = {ActBits{1'b0}};
        end
      end
      wire [ActBits-1:0] act =
          pick_q[1] ? (pick_q[0] ? own[3*ActBits+:ActBits] : own[2*ActBits+:ActBits]) :
          (pick_q[0] ? own[ActBits+:ActBits] : own[0+:ActBits]);
      reg [ActBits-1:0] act_q;
      wire [TermBits-1:0] change = {{(TermBits - ActBits) {(ActSigned != 0) && act_q[ActBits-1]}}, act_q};
      reg [TermBits-1:0] value_q;
      // A difference whatever the sign: x + y is x - ~y - 1.
      wire [TermBits:0] next = {value_q, 1'b0} - {change ^ {TermBits{plus_q}}, plus_q};
      wire unused_carry = next[0];
      always @(posedge clk_i) begin
        if (en_i) act_q <= act;
        if (clear) value_q <= {TermBits{1'b0}};
        else if (en_i) value_q <= next[TermBits:1];
      end
      assign values[t*TermBits+:TermBits] = value_q;

      for (c = 0; c < Planes * Pe; c = c + 1) begin : g_channel
        wire [TableLanes-1:0] bits;
        for (l = 0; l < TableLanes; l = l + 1) begin : g_bit
          if (t * TableLanes + l < Simd) begin : g_own
            assign bits[l] = weights_i[((c/Pe)*Simd+t*TableLanes+l)*Pe+c%Pe];
          end else begin : g_none
            assign bits[l] = 1'b0;
          end
        end
        reg [TermBits-1:0] sums [0:2*Entries-1];
        always @(posedge clk_i) if (en_i && write_q) sums[{half_q, gray_q}] <= value_q;
        assign terms[(c*Tables+t)*TermBits+:TermBits] = sums[{!half_q, bits}];
      end
    end

    for (c = 0; c < Planes * Pe; c = c + 1) begin : g_sum
      flexor_adder_tree #(
        .Count(Tables),
        .Bits(TermBits),
        .Signed(ActSigned),
        .Masked(0),
        .Registered(1),
        .TreeLevels(TreeLevels),
        .SumBits(TreeBits)
      ) u_tree (
        .clk_i(clk_i),
        .en_i(en_i),
        .enable_i({Tables{1'b1}}),
        .terms_i(terms[c*Tables*TermBits+:Tables*TermBits]),
        .sum_o(totals_o[c*TreeBits+:TreeBits])
      );
    end
  endgenerate

  // The sum of all activations: of the values at the entry whose bits are all 1.
  wire [TreeBits-1:0] all;
  reg [TreeBits-1:0] total_q;
  wire full = write_q && (&gray_q);
  wire full_summed;

  flexor_adder_tree #(
    .Count(Tables),
    .Bits(TermBits),
    .Signed(ActSigned),
    .Masked(0),
    .Registered(1),
    .TreeLevels(TreeLevels),
    .SumBits(TreeBits)
  ) u_all (
    .clk_i(clk_i),
    .en_i(en_i),
    .enable_i({Tables{1'b1}}),
    .terms_i(values),
    .sum_o(all)
  );

  generate
    if (TreeMoves == 0) begin : g_now
      assign full_summed = full;
    end else begin : g_later
      reg [TreeMoves-1:0] full_q;
      wire [TreeMoves:0] full_d = {full_q, full};
      always @(posedge clk_i) if (en_i) full_q <= full_d[TreeMoves-1:0];
      assign full_summed = full_d[TreeMoves];
    end
  endgenerate

  always @(posedge clk_i) if (en_i && full_summed) total_q <= all;
  assign total_o = total_q;

`ifndef SYNTHESIS
  initial begin
    if (!(TableLanes >= 2 && TableLanes <= 4 && Simd >= 2)) begin
      $display("%m: error: flexor_lane_tables needs TableLanes of 2 to 4 and Simd of at least 2");
      $stop;
    end
    if (!(TreeBits == TermBits + $clog2(Tables))) begin
      $display("%m: error: flexor_lane_tables needs TreeBits of ActBits + $clog2(TableLanes) + $clog2(tables)");
      $stop;
    end
  end
  always @(posedge clk_i)
    if (rst_ni && en_i && take_i && picking_q && !(&index_q)) begin
      $display("%m: error: a vector comes before the tables of the one before are full");
      $stop;
    end
`endif

endmodule
