// Scales the finished channel groups of an engine, one channel a cycle: y = clamp((z + 2^(Shift-1)) >> Shift, Low, High)
// with z = beta + sum over planes of multiplier * (2*selected - sum(a)).
//
// A group is shifted out channel by channel while the engine works on; multipliers and beta come from a memory of one
// word per channel. The rounding term is part of the stored beta. With Clamp = 0 (last layer) z itself goes out.
// Example: Pe 16, Groups 4: 64 results in 64 cycles through one multiplier per plane.
// Not done here: buffering of several groups (a flexor_fifo in front does that).
// Registered paths: 2P - sum(a), products, z; the clamp is combinational into the stream behind.
module flexor_requantiser #(
  parameter integer Pe = 1,
  parameter integer Groups = 1,
  parameter integer Planes = 1,
  parameter integer ActSigned = 0,
  parameter integer AccBits = 16,
  parameter integer SumBits = 16,
  // Two's complement widths of 2P - sum(a), of a multiplier and of z.
  parameter integer DotBits = 17,
  parameter integer MulBits = 16,
  parameter integer ScaledBits = 34,
  parameter integer Clamp = 1,
  parameter integer Shift = 8,
  parameter [ScaledBits-1:0] Low = 0,
  parameter [ScaledBits-1:0] High = 255,
  parameter integer OutBits = 8,
  // Word of channel c: {beta, multiplier of plane Planes-1, ..., multiplier of plane 0}.
  parameter MemFile = ""
) (
  input  wire                                 clk_i,
  input  wire                                 rst_ni,
  input  wire                                 in_valid_i,
  output wire                                 in_ready_o,
  input  wire [SumBits+Planes*Pe*AccBits-1:0] in_data_i,
  output wire                                 out_valid_o,
  input  wire                                 out_ready_i,
  output wire [OutBits-1:0]                   out_data_o
);

  localparam integer Channels = Pe * Groups;
  localparam integer ChannelBits = (Channels <= 1) ? 1 : $clog2(Channels);
  localparam integer LeftBits = $clog2(Pe + 1);
  localparam integer ChannelLastI = Channels - 1;
  localparam integer WideBits = ((AccBits + 1 > SumBits) ? AccBits + 1 : SumBits) + 1;
  localparam integer ProductBits = DotBits + MulBits;
  localparam integer WideProduct = ((ProductBits > ScaledBits) ? ProductBits : ScaledBits) + 1;
  localparam integer ParamBits = ScaledBits + Planes * MulBits;
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
  wire take = have_q && en;
  wire load = in_valid_i && in_ready_o;

  assign in_ready_o = !have_q || (last_q && en);

  always @(posedge clk_i) begin
    if (load) sum_q <= in_data_i[Planes*Pe*AccBits+:SumBits];
    if (!rst_ni) begin
      have_q <= 1'b0;
      last_q <= 1'b0;
      left_q <= {LeftBits{1'b0}};
      channel_q <= {ChannelBits{1'b0}};
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
      if (take) channel_q <= (channel_q == ChannelLast) ? {ChannelBits{1'b0}} : channel_q + 1'b1;
    end
  end

  wire [ParamBits-1:0] params;

  flexor_rom #(
    .Width(ParamBits),
    .Depth(Channels),
    .AddrBits(ChannelBits),
    .MemFile(MemFile)
  ) u_params (
    .clk_i(clk_i),
    .en_i(take),
    .addr_i(channel_q),
    .data_o(params)
  );

  // One column per plane: 2P - sum(a), then the product; z chains through the columns.
  reg valid1_q;
  reg valid2_q;
  reg valid3_q;
  reg [ScaledBits-1:0] beta2_q;
  reg [ScaledBits-1:0] z3_q;
  wire [ScaledBits-1:0] z2;

  assign en = !valid3_q || out_ready_i;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      valid3_q <= 1'b0;
    end else if (en) begin
      valid1_q <= have_q;
      valid2_q <= valid1_q;
      valid3_q <= valid2_q;
    end
    if (en) begin
      beta2_q <= params[Planes*MulBits+:ScaledBits];
      z3_q <= z2;
    end
  end

  wire sum_sign = (ActSigned != 0) && sum_q[SumBits-1];
  wire [WideBits-1:0] sum_wide = {{(WideBits - SumBits) {sum_sign}}, sum_q};

  genvar q;
  generate
    for (q = 0; q < Planes; q = q + 1) begin : g_plane
      reg [Pe*AccBits-1:0] group_q;
      reg signed [DotBits-1:0] dot1_q;
      reg signed [ProductBits-1:0] product2_q;
      wire acc_sign = (ActSigned != 0) && group_q[AccBits-1];
      wire [WideBits-1:0] twice = {{(WideBits - AccBits - 1) {acc_sign}}, group_q[AccBits-1:0], 1'b0};
      wire [WideBits-1:0] dot = twice - sum_wide;
      wire signed [MulBits-1:0] multiplier = params[q*MulBits+:MulBits];
      wire [ScaledBits-1:0] total;

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

      always @(posedge clk_i)
        if (en) begin
          dot1_q <= dot[DotBits-1:0];
          product2_q <= dot1_q * multiplier;
        end

      // The product fits ScaledBits by interval analysis, whichever of the two is wider.
      wire [WideProduct-1:0] product =
          {{(WideProduct - ProductBits) {product2_q[ProductBits-1]}}, product2_q};
      wire unused_product = ^product[WideProduct-1:ScaledBits];
      if (q == 0) begin : g_first
        assign total = beta2_q + product[ScaledBits-1:0];
      end else begin : g_next
        assign total = g_plane[q-1].total + product[ScaledBits-1:0];
      end
    end
  endgenerate

  assign z2 = g_plane[Planes-1].total;
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
