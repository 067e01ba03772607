// Scales the finished channel groups of an engine, one channel a cycle: y = clamp((z + 2^(Shift-1)) >> Shift, Low, High)
// with z = beta + ResMul * residual + sum over planes of multiplier * (2*selected - sum(a)).
//
// A group is shifted out channel by channel while the engine works on; multipliers and beta come from a memory of one
// word per channel. The rounding term is part of the stored beta. With Clamp = 0 (last layer) z itself goes out. With
// Residual = 1 each channel takes one element of the residual stream with it and waits for it. With Joined = 1 plane i
// counts 2^i times plane 0, and all share one multiplier.
// Example: Pe 16, Groups 4: 64 results in 64 cycles through one multiplier per plane.
// With Loadable = 1 that memory is loaded at run time (flexor_store, flexor_bank), and a word ends with the residual's
// multiplier.
// Not done here: buffering of several groups (a flexor_fifo in front does that), or of the residual stream.
// Registered paths: 2P - sum(a), their joined sum, products, z; the clamp is combinational into the stream behind.
module flexor_requantiser #(
  parameter integer Pe = 1,
  parameter integer Groups = 1,
  parameter integer Planes = 1,
  parameter integer ActSigned = 0,
  parameter integer AccBits = 16,
  parameter integer SumBits = 16,
  parameter integer Joined = 0,
  // Two's complement widths of 2P - sum(a), of what a multiplier takes (DotBits, where not joined), of a multiplier and
  // of z.
  parameter integer DotBits = 17,
  parameter integer FactorBits = 17,
  parameter integer MulBits = 16,
  parameter integer ScaledBits = 34,
  parameter integer Clamp = 1,
  parameter integer Shift = 8,
  parameter [ScaledBits-1:0] Low = 0,
  parameter [ScaledBits-1:0] High = 255,
  parameter integer OutBits = 8,
  parameter integer Residual = 0,
  parameter integer ResBits = 1,
  parameter integer ResSigned = 0,
  parameter integer ResMulBits = 2,
  // Two's complement.
  parameter [ResMulBits-1:0] ResMul = 1,
  parameter integer Loadable = 0,
  // With Loadable = 1: pixels of a frame, and bits of its number.
  parameter integer Pixels = 1,
  parameter integer FrameBits = 4,
  // Word of channel c: {beta, multiplier of the last plane, ..., multiplier of plane 0}; joined planes have one. With
  // Loadable and Residual = 1: {residual's multiplier, beta, ...}.
  parameter MemFile = ""
) (
  input  wire                                 clk_i,
  input  wire                                 rst_ni,
  input  wire                                 in_valid_i,
  output wire                                 in_ready_o,
  input  wire [SumBits+Planes*Pe*AccBits-1:0] in_data_i,
  input  wire                                 res_valid_i,
  output wire                                 res_ready_o,
  input  wire [ResBits-1:0]                   res_data_i,
  output wire                                 out_valid_o,
  input  wire                                 out_ready_i,
  output wire [OutBits-1:0]                   out_data_o,
  input  wire [34:0]                          load_i,
  output wire [34:0]                          load_o,
  input  wire [FrameBits:0]                   switch_i,
  output wire                                 settled_o
);

  localparam integer Channels = Pe * Groups;
  localparam integer ChannelBits = (Channels <= 1) ? 1 : $clog2(Channels);
  localparam integer LeftBits = $clog2(Pe + 1);
  localparam integer ChannelLastI = Channels - 1;
  localparam integer WideBits = ((AccBits + 1 > SumBits) ? AccBits + 1 : SumBits) + 1;
  localparam integer Factors = (Joined != 0) ? 1 : Planes;
  localparam integer ProductBits = FactorBits + MulBits;
  localparam integer WideProduct = ((ProductBits > ScaledBits) ? ProductBits : ScaledBits) + 1;
  localparam integer ScaleBits = ScaledBits + Factors * MulBits;
  localparam integer ParamBits = ScaleBits + ((Loadable != 0 && Residual != 0) ? ResMulBits : 0);
  localparam [ChannelBits-1:0] ChannelLast = ChannelLastI[ChannelBits-1:0];
  localparam [LeftBits-1:0] LeftFull = Pe[LeftBits-1:0];
  localparam integer LeftTwoI = 2;
  localparam [LeftBits-1:0] LeftTwo = LeftTwoI[LeftBits-1:0];

  // Shift-out register of one group: whether it holds channels, whether just one, how many.
  reg have_q;
  reg last_q;
  reg [LeftBits-1:0] left_q;
  reg [SumBits-1:0] sum_q;
  reg [ChannelBits-1:0] channel_q;
  wire en;
  wire go = have_q && (Residual == 0 || res_valid_i);
  wire take = go && en;
  wire load = in_valid_i && in_ready_o;

  assign in_ready_o = !have_q || (last_q && take);
  assign res_ready_o = (Residual != 0) && have_q && en;

  always @(posedge clk_i) begin
    if (load) sum_q <= in_data_i[Planes*Pe*AccBits+:SumBits];
    if (!rst_ni) begin
      have_q <= 1'b0;
      last_q <= 1'b0;
      left_q <= {LeftBits{1'b0}};
    end else begin
      if (load) begin
        have_q <= 1'b1;
        last_q <= Pe == 1;
        left_q <= LeftFull;
      end else if (take) begin
        have_q <= !last_q;
        last_q <= left_q == LeftTwo;
        left_q <= left_q - 1'b1;
      end
    end
  end

  // The word of a channel is read in the cycle before its factors are there.
  wire fetch;
  wire [ParamBits-1:0] params;

  always @(posedge clk_i) begin
    if (!rst_ni) channel_q <= {ChannelBits{1'b0}};
    else if (fetch) channel_q <= (channel_q == ChannelLast) ? {ChannelBits{1'b0}} : channel_q + 1'b1;
  end

  generate
    if (Loadable != 0) begin : g_loaded
      wire bank;
      wire [1:0] unused_bank;

      flexor_store #(
        .Width(ParamBits),
        .Depth(Channels),
        .AddrBits(ChannelBits),
        .MemFile(MemFile)
      ) u_params (
        .clk_i(clk_i),
        .rst_ni(rst_ni),
        .en_i(fetch),
        .bank_i(bank),
        .addr_i(channel_q),
        .data_o(params),
        .load_i(load_i),
        .load_o(load_o)
      );

      flexor_bank #(
        .Pixels(Pixels),
        .FrameBits(FrameBits)
      ) u_bank (
        .clk_i(clk_i),
        .rst_ni(rst_ni),
        .done_i(fetch && channel_q == ChannelLast),
        .switch_i(switch_i),
        .bank_o(bank),
        .next_o(unused_bank[1]),
        .late_o(unused_bank[0]),
        .settled_o(settled_o)
      );
    end else begin : g_rom
      wire unused_switch = ^{switch_i, Pixels != 0};
      assign load_o = load_i;
      assign settled_o = 1'b1;

      flexor_rom #(
        .Width(ParamBits),
        .Depth(Channels),
        .AddrBits(ChannelBits),
        .MemFile(MemFile)
      ) u_params (
        .clk_i(clk_i),
        .en_i(fetch),
        .addr_i(channel_q),
        .data_o(params)
      );
    end
  endgenerate

  // 2P - sum(a) of every plane.
  reg valid1_q;
  wire sum_sign = (ActSigned != 0) && sum_q[SumBits-1];
  wire [WideBits-1:0] sum_wide = {{(WideBits - SumBits) {sum_sign}}, sum_q};

  always @(posedge clk_i) begin
    if (!rst_ni) valid1_q <= 1'b0;
    else if (en) valid1_q <= go;
  end

  genvar q;
  generate
    for (q = 0; q < Planes; q = q + 1) begin : g_plane
      reg [Pe*AccBits-1:0] group_q;
      reg [DotBits-1:0] dot1_q;
      wire acc_sign = (ActSigned != 0) && group_q[AccBits-1];
      wire [WideBits-1:0] twice = {{(WideBits - AccBits - 1) {acc_sign}}, group_q[AccBits-1:0], 1'b0};
      wire [WideBits-1:0] dot = twice - sum_wide;

      if (Pe == 1) begin : g_one
        always @(posedge clk_i) if (load) group_q <= in_data_i[q*AccBits+:AccBits];
      end else begin : g_shift
        always @(posedge clk_i)
          if (load) group_q <= in_data_i[q*Pe*AccBits+:Pe*AccBits];
          else if (take) group_q <= {{AccBits{1'b0}}, group_q[Pe*AccBits-1:AccBits]};
      end

      if (WideBits > DotBits) begin : g_unused
        wire unused_dot = ^dot[WideBits-1:DotBits];
      end

      always @(posedge clk_i) if (en) dot1_q <= dot[DotBits-1:0];
    end
  endgenerate

  // What the multipliers take: each plane, or all of them joined by shift and add one stage later.
  wire valid;
  wire [Factors*FactorBits-1:0] factors;

  generate
    if (Joined != 0) begin : g_joined
      reg validj_q;
      reg [FactorBits-1:0] factor_q;
      for (q = 0; q < Planes; q = q + 1) begin : g_term
        wire [FactorBits-1:0] wide;
        wire [FactorBits-1:0] total;
        flexor_resize #(
          .InBits(DotBits),
          .OutBits(FactorBits),
          .Signed(1)
        ) u_resize (
          .in_i(g_plane[q].dot1_q),
          .out_o(wide)
        );
        if (q == 0) begin : g_first
          assign total = wide;
        end else begin : g_next
          assign total = g_term[q-1].total + (wide << q);
        end
      end
      always @(posedge clk_i) begin
        if (en) factor_q <= g_term[Planes-1].total;
        if (!rst_ni) validj_q <= 1'b0;
        else if (en) validj_q <= valid1_q;
      end
      assign fetch = en && valid1_q;
      assign valid = validj_q;
      assign factors = factor_q;
    end else begin : g_separate
      assign fetch = take;
      assign valid = valid1_q;
      for (q = 0; q < Planes; q = q + 1) begin : g_factor
        assign factors[q*FactorBits+:FactorBits] = g_plane[q].dot1_q;
      end
    end
  endgenerate

  // Products; z chains through them.
  reg valid2_q;
  reg valid3_q;
  reg [ScaledBits-1:0] beta2_q;
  reg [ScaledBits-1:0] z3_q;
  wire [ScaledBits-1:0] shortcut2;
  wire [ScaledBits-1:0] z2;

  assign en = !valid3_q || out_ready_i;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid2_q <= 1'b0;
      valid3_q <= 1'b0;
    end else if (en) begin
      valid2_q <= valid;
      valid3_q <= valid2_q;
    end
    if (en) begin
      beta2_q <= params[Factors*MulBits+:ScaledBits];
      z3_q <= z2;
    end
  end

  generate
    if (Residual != 0) begin : g_residual
      // One bit more, for the sign of an unsigned element.
      localparam integer TermBits = ResBits + 1;
      wire signed [TermBits-1:0] element = {(ResSigned != 0) && res_data_i[ResBits-1], res_data_i};
      wire signed [ResMulBits-1:0] multiplier;
      reg signed [TermBits-1:0] element1_q;
      wire signed [TermBits-1:0] term;
      reg signed [TermBits+ResMulBits-1:0] product2_q;
      if (Loadable != 0) begin : g_loaded
        assign multiplier = params[ScaleBits+:ResMulBits];
      end else begin : g_constant
        assign multiplier = ResMul;
      end
      if (Joined != 0) begin : g_later
        reg signed [TermBits-1:0] elementj_q;
        always @(posedge clk_i) if (en) elementj_q <= element1_q;
        assign term = elementj_q;
      end else begin : g_now
        assign term = element1_q;
      end
      always @(posedge clk_i)
        if (en) begin
          element1_q <= element;
          product2_q <= term * multiplier;
        end
      flexor_resize #(
        .InBits(TermBits + ResMulBits),
        .OutBits(ScaledBits),
        .Signed(1)
      ) u_resize (
        .in_i(product2_q),
        .out_o(shortcut2)
      );
    end else begin : g_no_residual
      wire unused_residual = ^{res_valid_i, res_data_i};
      assign shortcut2 = {ScaledBits{1'b0}};
    end

    for (q = 0; q < Factors; q = q + 1) begin : g_factor
      wire signed [FactorBits-1:0] factor = factors[q*FactorBits+:FactorBits];
      wire signed [MulBits-1:0] multiplier = params[q*MulBits+:MulBits];
      reg signed [ProductBits-1:0] product2_q;
      wire [ScaledBits-1:0] total;

      always @(posedge clk_i) if (en) product2_q <= factor * multiplier;

      // The product fits ScaledBits by interval analysis, whichever of the two is wider.
      wire [WideProduct-1:0] product =
          {{(WideProduct - ProductBits) {product2_q[ProductBits-1]}}, product2_q};
      wire unused_product = ^product[WideProduct-1:ScaledBits];
      if (q == 0) begin : g_first
        assign total = beta2_q + shortcut2 + product[ScaledBits-1:0];
      end else begin : g_next
        assign total = g_factor[q-1].total + product[ScaledBits-1:0];
      end
    end
  endgenerate

  assign z2 = g_factor[Factors-1].total;
  assign out_valid_o = valid3_q;

  generate
    if (Clamp != 0) begin : g_clamp
      wire signed [ScaledBits-1:0] z = z3_q;
      wire signed [ScaledBits-1:0] shifted = z >>> Shift;
      wire signed [ScaledBits-1:0] low = Low;
      wire signed [ScaledBits-1:0] high = High;
      wire signed [ScaledBits-1:0] y = (shifted < low) ? low : (shifted > high) ? high : shifted;
      assign out_data_o = y[OutBits-1:0];
      if (ScaledBits > OutBits) begin : g_unused
        wire unused_y = ^y[ScaledBits-1:OutBits];
      end
    end else begin : g_plain
      assign out_data_o = z3_q[OutBits-1:0];
      if (ScaledBits > OutBits) begin : g_unused
        wire unused_z = ^z3_q[ScaledBits-1:OutBits];
      end
    end
  endgenerate

endmodule
