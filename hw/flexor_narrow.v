// Hands a beat of Ratio parts on one part at a time, the lowest first; the beat is taken with its last part.
//
// A frame has Parts of them; where Ratio does not divide that, its last beat holds the rest in its lowest ones.
// Example: Bits 8, Ratio 4: a stream of four elements a beat in front of an engine with one lane; Parts 10: of every third
// beat two of them.
// Not done here: buffering; put it behind a flexor_fifo. Registered paths: none; valid and data hold as they do in front.
module flexor_narrow #(
  parameter integer Bits = 8,
  parameter integer Ratio = 2,
  parameter integer Parts = Ratio
) (
  input  wire                  clk_i,
  input  wire                  rst_ni,
  input  wire                  in_valid_i,
  output wire                  in_ready_o,
  input  wire [Ratio*Bits-1:0] in_data_i,
  output wire                  out_valid_o,
  input  wire                  out_ready_i,
  output wire [Bits-1:0]       out_data_o
);

  localparam integer PartBits = (Ratio <= 1) ? 1 : $clog2(Ratio);
  localparam integer LastI = Ratio - 1;
  localparam [PartBits-1:0] Last = LastI[PartBits-1:0];

  reg [PartBits-1:0] part_q;
  wire last;

  generate
    if (Parts % Ratio == 0) begin : g_full
      assign last = part_q == Last;
    end else begin : g_rest
      // The beat of the frame.
      localparam integer Beats = Parts / Ratio + 1;
      localparam integer BeatBits = (Beats <= 1) ? 1 : $clog2(Beats);
      localparam integer BeatLastI = Beats - 1;
      localparam integer RestLastI = Parts % Ratio - 1;
      localparam [BeatBits-1:0] BeatLast = BeatLastI[BeatBits-1:0];
      localparam [PartBits-1:0] RestLast = RestLastI[PartBits-1:0];
      reg [BeatBits-1:0] beat_q;
      wire at_last = beat_q == BeatLast;

      assign last = part_q == (at_last ? RestLast : Last);

      always @(posedge clk_i) begin
        if (!rst_ni) beat_q <= {BeatBits{1'b0}};
        else if (in_valid_i && in_ready_o) beat_q <= at_last ? {BeatBits{1'b0}} : beat_q + 1'b1;
      end
    end
  endgenerate

  assign in_ready_o = last && out_ready_i;
  assign out_valid_o = in_valid_i;
  assign out_data_o = in_data_i[part_q*Bits+:Bits];

  always @(posedge clk_i) begin
    if (!rst_ni) part_q <= {PartBits{1'b0}};
    else if (in_valid_i && out_ready_i) part_q <= last ? {PartBits{1'b0}} : part_q + 1'b1;
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Ratio >= 1 && Parts >= 1)) begin
      $display("%m: error: flexor_narrow needs Ratio and Parts of at least 1");
      $stop;
    end
  end

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
