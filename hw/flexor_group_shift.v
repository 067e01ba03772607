// Takes finished channel groups of an engine and hands their channels on, Width a beat, the lowest ones first.
//
// A group is {sum, value of plane q, channel p at [(q*Pe + p)*Bits +: Bits]}; a beat is the sum of its group and, for
// channel w of the beat and plane q, the value at [(w*Planes + q)*Bits +: Bits].
// Example: Pe 16, Width 2: eight beats a group; the next group is taken with the last beat of this one.
// Not done here: buffering of several groups (a flexor_fifo in front does that). Registered paths: all outputs but in_ready_o.
module flexor_group_shift #(
  parameter integer Pe = 1,
  // Divides Pe.
  parameter integer Width = 1,
  parameter integer Planes = 1,
  parameter integer Bits = 16,
  parameter integer SumBits = 16
) (
  input  wire                              clk_i,
  input  wire                              rst_ni,
  input  wire                              in_valid_i,
  output wire                              in_ready_o,
  input  wire [SumBits+Planes*Pe*Bits-1:0] in_data_i,
  output wire                              out_valid_o,
  input  wire                              out_ready_i,
  output wire [Width*Planes*Bits-1:0]      out_values_o,
  output wire [SumBits-1:0]                out_sum_o
);

  localparam integer Beats = Pe / Width;
  localparam integer LeftBits = $clog2(Beats + 1);
  localparam [LeftBits-1:0] LeftFull = Beats[LeftBits-1:0];
  localparam integer LeftTwoI = 2;
  localparam [LeftBits-1:0] LeftTwo = LeftTwoI[LeftBits-1:0];

  // Whether channels are left, whether those of one beat, of how many.
  reg have_q;
  reg last_q;
  reg [LeftBits-1:0] left_q;
  reg [SumBits-1:0] sum_q;
  wire take = have_q && out_ready_i;
  wire load = in_valid_i && in_ready_o;

  assign in_ready_o = !have_q || (last_q && out_ready_i);
  assign out_valid_o = have_q;
  assign out_sum_o = sum_q;

  always @(posedge clk_i) begin
    if (load) sum_q <= in_data_i[Planes*Pe*Bits+:SumBits];
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

  genvar q, w;
  generate
    for (q = 0; q < Planes; q = q + 1) begin : g_plane
      reg [Pe*Bits-1:0] group_q;
      if (Beats == 1) begin : g_one
        always @(posedge clk_i) if (load) group_q <= in_data_i[q*Pe*Bits+:Pe*Bits];
      end else begin : g_shift
        always @(posedge clk_i)
          if (load) group_q <= in_data_i[q*Pe*Bits+:Pe*Bits];
          else if (take) group_q <= {{(Width * Bits) {1'b0}}, group_q[Pe*Bits-1:Width*Bits]};
      end
      for (w = 0; w < Width; w = w + 1) begin : g_lane
        assign out_values_o[(w*Planes+q)*Bits+:Bits] = group_q[w*Bits+:Bits];
      end
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(Width >= 1 && Pe % Width == 0)) begin
      $display("%m: error: flexor_group_shift needs Width that divides Pe");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Width * Planes * Bits + SumBits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i({out_sum_o, out_values_o})
  );
`endif

endmodule
