// Puts pixels of several streams side by side: the beats of the first input's pixel, then those of the second, and so on.
//
// Input i gives Beats[32*i +: 32] beats of every pixel; it waits while the others give theirs. Nothing is stored, so what a
// stream is ahead of the others must find room in front of it.
// Example: Inputs 2, Beats {32'd3, 32'd5}: five beats of input 0, three of input 1, for every pixel.
// Not done here: rows and frames, which mean nothing here. Registered paths: none; the input's valid and data reach the output
// and out_ready_i the input in the same cycle.
module flexor_concat #(
  parameter integer Bits = 8,
  // At least 2.
  parameter integer Inputs = 2,
  parameter [32*Inputs-1:0] Beats = {32'd1, 32'd1}
) (
  input  wire                   clk_i,
  input  wire                   rst_ni,
  // Input i: bit i, and data [i*Bits +: Bits].
  input  wire [Inputs-1:0]      in_valid_i,
  output wire [Inputs-1:0]      in_ready_o,
  input  wire [Inputs*Bits-1:0] in_data_i,
  output wire                   out_valid_o,
  input  wire                   out_ready_i,
  output wire [Bits-1:0]        out_data_o
);

  // Most beats of an input's pixel.
  function integer most_beats(input integer inputs);
    integer i;
    begin
      most_beats = 1;
      for (i = 0; i < inputs; i = i + 1) if (Beats[32*i+:32] > most_beats) most_beats = Beats[32*i+:32];
    end
  endfunction

  localparam integer MostBeats = most_beats(Inputs);
  localparam integer BeatBits = (MostBeats <= 1) ? 1 : $clog2(MostBeats);
  localparam integer IndexBits = $clog2(Inputs);
  localparam integer IndexLastI = Inputs - 1;
  localparam [IndexBits-1:0] IndexLast = IndexLastI[IndexBits-1:0];

  reg [IndexBits-1:0] index_q;
  reg [BeatBits-1:0] beat_q;
  wire take = out_valid_o && out_ready_i;
  // The last beat of each input's pixel.
  wire [Inputs*BeatBits-1:0] last_beats;
  wire last = beat_q == last_beats[index_q*BeatBits+:BeatBits];

  assign out_valid_o = in_valid_i[index_q];
  assign out_data_o = in_data_i[index_q*Bits+:Bits];

  genvar i;
  generate
    for (i = 0; i < Inputs; i = i + 1) begin : g_input
      localparam integer IndexI = i;
      localparam integer LastI = Beats[32*i+:32] - 1;
      assign last_beats[i*BeatBits+:BeatBits] = LastI[BeatBits-1:0];
      assign in_ready_o[i] = out_ready_i && (index_q == IndexI[IndexBits-1:0]);
    end
  endgenerate

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      index_q <= {IndexBits{1'b0}};
      beat_q <= {BeatBits{1'b0}};
    end else if (take) begin
      beat_q <= last ? {BeatBits{1'b0}} : beat_q + 1'b1;
      if (last) index_q <= (index_q == IndexLast) ? {IndexBits{1'b0}} : index_q + 1'b1;
    end
  end

`ifndef SYNTHESIS
  generate
    for (i = 0; i < Inputs; i = i + 1) begin : g_check
      initial begin
        if (!(Beats[32*i+:32] >= 1)) begin
          $display("%m: error: flexor_concat needs at least one beat of every input");
          $stop;
        end
      end
    end
  endgenerate

  flexor_stream_check #(
    .Bits(Bits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
