// Scales the finished channel groups of an engine, Width channels a cycle: y = clamp((z + 2^(Shift-1)) >> Shift, Low, High)
// with z = beta + ResMul * residual + sum over planes of multiplier * (2*selected - sum(a)).
//
// A group is shifted out, Width channels at a time, while the engine works on; each of them has a lane of its own
// (flexor_scaler). Multipliers and beta come from a memory of one word per beat. The rounding term is part of the stored
// beta. With Clamp = 0 (last layer) z itself goes out. With Residual = 1 each beat takes one of the residual stream, as wide,
// with it and waits for it. With Joined = 1 plane i counts 2^i times plane 0, and all share one multiplier.
// Example: Pe 16, Groups 4, Width 1: 64 results in 64 cycles through one multiplier per plane; Width 2: in 32 through two.
// With Loadable = 1 that memory is loaded at run time (flexor_store, flexor_bank), and a channel's part of a word ends with
// the residual's multiplier.
// Not done here: buffering of several groups (a flexor_fifo in front does that), or of the residual stream.
// Registered paths: 2P - sum(a), their joined sum, products, z; the clamp is combinational into the stream behind.
module flexor_requantiser #(
  parameter integer Pe = 1,
  parameter integer Groups = 1,
  // Divides Pe.
  parameter integer Width = 1,
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
  // Words of Width channels, the first one lowest. Channel c: {beta, multiplier of the last plane, ..., multiplier of plane 0};
  // joined planes have one. With Loadable and Residual = 1: {residual's multiplier, beta, ...}.
  parameter MemFile = ""
) (
  input  wire                                 clk_i,
  input  wire                                 rst_ni,
  input  wire                                 in_valid_i,
  output wire                                 in_ready_o,
  input  wire [SumBits+Planes*Pe*AccBits-1:0] in_data_i,
  input  wire                                 res_valid_i,
  output wire                                 res_ready_o,
  input  wire [Width*ResBits-1:0]             res_data_i,
  output wire                                 out_valid_o,
  input  wire                                 out_ready_i,
  output wire [Width*OutBits-1:0]             out_data_o,
  input  wire [34:0]                          load_i,
  output wire [34:0]                          load_o,
  input  wire [FrameBits:0]                   switch_i,
  output wire                                 settled_o
);

  localparam integer Beats = Pe / Width;
  localparam integer Words = Beats * Groups;
  localparam integer WordBits = (Words <= 1) ? 1 : $clog2(Words);
  localparam integer LeftBits = $clog2(Beats + 1);
  localparam integer WordLastI = Words - 1;
  localparam integer Factors = (Joined != 0) ? 1 : Planes;
  localparam integer ParamBits =
      ScaledBits + Factors * MulBits + ((Loadable != 0 && Residual != 0) ? ResMulBits : 0);
  localparam [WordBits-1:0] WordLast = WordLastI[WordBits-1:0];
  localparam [LeftBits-1:0] LeftFull = Beats[LeftBits-1:0];
  localparam integer LeftTwoI = 2;
  localparam [LeftBits-1:0] LeftTwo = LeftTwoI[LeftBits-1:0];

  // Shift-out register of one group: whether it holds channels, whether those of one beat, of how many.
  reg have_q;
  reg last_q;
  reg [LeftBits-1:0] left_q;
  reg [SumBits-1:0] sum_q;
  reg [WordBits-1:0] word_q;
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
        last_q <= Beats == 1;
        left_q <= LeftFull;
      end else if (take) begin
        have_q <= !last_q;
        last_q <= left_q == LeftTwo;
        left_q <= left_q - 1'b1;
      end
    end
  end

  // The word of a beat is read in the cycle before its factors are there.
  wire fetch;
  wire [Width*ParamBits-1:0] params;

  always @(posedge clk_i) begin
    if (!rst_ni) word_q <= {WordBits{1'b0}};
    else if (fetch) word_q <= (word_q == WordLast) ? {WordBits{1'b0}} : word_q + 1'b1;
  end

  generate
    if (Loadable != 0) begin : g_loaded
      wire bank;
      wire [1:0] unused_bank;

      flexor_store #(
        .Width(Width * ParamBits),
        .Depth(Words),
        .AddrBits(WordBits),
        .MemFile(MemFile)
      ) u_params (
        .clk_i(clk_i),
        .rst_ni(rst_ni),
        .en_i(fetch),
        .bank_i(bank),
        .addr_i(word_q),
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
        .done_i(fetch && word_q == WordLast),
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
        .Width(Width * ParamBits),
        .Depth(Words),
        .AddrBits(WordBits),
        .MemFile(MemFile)
      ) u_params (
        .clk_i(clk_i),
        .en_i(fetch),
        .addr_i(word_q),
        .data_o(params)
      );
    end
  endgenerate

  // Groups are shifted out from the bottom.
  wire [Planes*Width*AccBits-1:0] selected;

  genvar q, w;
  generate
    for (q = 0; q < Planes; q = q + 1) begin : g_plane
      reg [Pe*AccBits-1:0] group_q;
      if (Beats == 1) begin : g_one
        always @(posedge clk_i) if (load) group_q <= in_data_i[q*Pe*AccBits+:Pe*AccBits];
      end else begin : g_shift
        always @(posedge clk_i)
          if (load) group_q <= in_data_i[q*Pe*AccBits+:Pe*AccBits];
          else if (take) group_q <= {{(Width * AccBits) {1'b0}}, group_q[Pe*AccBits-1:Width*AccBits]};
      end
      for (w = 0; w < Width; w = w + 1) begin : g_lane
        assign selected[(w*Planes+q)*AccBits+:AccBits] = group_q[w*AccBits+:AccBits];
      end
    end
  endgenerate

  // Valid bits of the lanes' stages, which move together.
  reg valid1_q;
  reg valid2_q;
  reg valid3_q;
  wire valid;

  assign en = !valid3_q || out_ready_i;
  assign out_valid_o = valid3_q;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      valid3_q <= 1'b0;
    end else if (en) begin
      valid1_q <= go;
      valid2_q <= valid;
      valid3_q <= valid2_q;
    end
  end

  generate
    if (Joined != 0) begin : g_joined
      reg validj_q;
      always @(posedge clk_i)
        if (!rst_ni) validj_q <= 1'b0;
        else if (en) validj_q <= valid1_q;
      assign fetch = en && valid1_q;
      assign valid = validj_q;
    end else begin : g_separate
      assign fetch = take;
      assign valid = valid1_q;
    end

    if (Residual == 0) begin : g_no_residual
      wire unused_residual = res_valid_i;
    end

    for (w = 0; w < Width; w = w + 1) begin : g_scaler
      flexor_scaler #(
        .Planes(Planes),
        .ActSigned(ActSigned),
        .AccBits(AccBits),
        .SumBits(SumBits),
        .Joined(Joined),
        .DotBits(DotBits),
        .FactorBits(FactorBits),
        .MulBits(MulBits),
        .ScaledBits(ScaledBits),
        .Clamp(Clamp),
        .Shift(Shift),
        .Low(Low),
        .High(High),
        .OutBits(OutBits),
        .Residual(Residual),
        .ResBits(ResBits),
        .ResSigned(ResSigned),
        .ResMulBits(ResMulBits),
        .ResMul(ResMul),
        .ResLoaded((Loadable != 0 && Residual != 0) ? 1 : 0),
        .ParamBits(ParamBits)
      ) u_scaler (
        .clk_i(clk_i),
        .en_i(en),
        .selected_i(selected[w*Planes*AccBits+:Planes*AccBits]),
        .sum_i(sum_q),
        .params_i(params[w*ParamBits+:ParamBits]),
        .res_data_i(res_data_i[w*ResBits+:ResBits]),
        .out_data_o(out_data_o[w*OutBits+:OutBits])
      );
    end
  endgenerate

endmodule
