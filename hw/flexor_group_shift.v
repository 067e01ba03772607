// Takes finished channel groups of an engine and hands their channels on, Width a beat, the lowest ones first.
//
// A group stays where it is and a multiplexer goes over it: a third of the LUTs of a register that shifts.
//
// A group is {sum, value of plane q, channel p at [(q*Pe + p)*Bits +: Bits]}; a beat is the sum of its group and, for
// channel w of the beat and plane q, the value at [(w*Planes + q)*Bits +: Bits]. Where Width does not divide Pe the last beat
// of a group holds the rest, and zeros above it.
// Example: Pe 16, Width 2: eight beats a group; the next group is taken with the last beat of this one.
// Not done here: buffering of several groups (a flexor_fifo in front does that). Registered paths: out_valid_o, out_sum_o, the
// group in front of the multiplexer.
module flexor_group_shift #(
  parameter integer Pe = 1,
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

  localparam integer Beats = (Pe + Width - 1) / Width;
  localparam integer Levels = $clog2(Beats);
  localparam integer AtBits = (Beats <= 1) ? 1 : Levels;
  localparam integer NextI = Beats - 2;
  localparam [AtBits-1:0] NextToLast = NextI[AtBits-1:0];
  localparam integer BeatBits = Width * Planes * Bits;

  // Whether channels are left, whether those of the last beat, of which.
  reg have_q;
  reg last_q;
  reg [AtBits-1:0] at_q;
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
      at_q <= {AtBits{1'b0}};
    end else begin
      if (load) begin
        have_q <= 1'b1;
        last_q <= Beats == 1;
        at_q <= {AtBits{1'b0}};
      end else if (take) begin
        have_q <= !last_q;
        last_q <= Beats > 1 && at_q == NextToLast;
        at_q <= at_q + 1'b1;
      end
    end
  end

  // The channels of beat i at level 0, and of level k those of 2^k beats, chosen by a bit of the count each.
  reg [Planes*Pe*Bits-1:0] group_q;
  always @(posedge clk_i) if (load) group_q <= in_data_i[Planes*Pe*Bits-1:0];

  genvar q, w, i, k;
  generate
    for (k = 0; k <= Levels; k = k + 1) begin : g_level
      localparam integer Nodes = (Beats + (1 << k) - 1) >> k;
      wire [Nodes*BeatBits-1:0] beats;
      for (i = 0; i < Nodes; i = i + 1) begin : g_node
        if (k == 0) begin : g_own
          for (w = 0; w < Width; w = w + 1) begin : g_lane
            for (q = 0; q < Planes; q = q + 1) begin : g_plane
              if (i * Width + w < Pe) begin : g_channel
                assign beats[(i*Width*Planes+w*Planes+q)*Bits+:Bits] = group_q[(q*Pe+i*Width+w)*Bits+:Bits];
              end else begin : g_rest
                assign beats[(i*Width*Planes+w*Planes+q)*Bits+:Bits] = {Bits{1'b0}};
              end
            end
          end
        end else if (2 * i + 1 < (Beats + (1 << k) / 2 - 1) >> (k - 1)) begin : g_two
          assign beats[i*BeatBits+:BeatBits] =
              at_q[k-1] ? g_level[k-1].beats[(2*i+1)*BeatBits+:BeatBits] : g_level[k-1].beats[2*i*BeatBits+:BeatBits];
        end else begin : g_one
          assign beats[i*BeatBits+:BeatBits] = g_level[k-1].beats[2*i*BeatBits+:BeatBits];
        end
      end
    end
  endgenerate

  assign out_values_o = g_level[Levels].beats;

`ifndef SYNTHESIS
  initial begin
    if (!(Width >= 1 && Width <= Pe)) begin
      $display("%m: error: flexor_group_shift needs Width from 1 to Pe");
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
