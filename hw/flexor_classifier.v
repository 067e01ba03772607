// Adds the class to a stream of logits: index of the largest logit of the frame so far, the lowest index on a tie.
//
// A beat holds Width of the Count logits of a frame, the first one lowest, and the last beat of a frame the rest; what lies
// above the rest passes without being looked at. The class is final in the last beat of a frame, which out_last_o marks.
// Example: Count 10 for ten classes; with Width 4 the beats of a frame hold 4, 4 and 2 logits.
// Not done here: softmax. Registered paths: none; put a flexor_fifo behind.
module flexor_classifier #(
  parameter integer Bits = 8,
  parameter integer Signed = 1,
  parameter integer Count = 10,
  parameter integer Width = 1,
  parameter integer ClassBits = 4
) (
  input  wire                  clk_i,
  input  wire                  rst_ni,
  input  wire                  in_valid_i,
  output wire                  in_ready_o,
  input  wire [Width*Bits-1:0] in_data_i,
  output wire                  out_valid_o,
  input  wire                  out_ready_i,
  output wire [Width*Bits-1:0] out_data_o,
  output wire [ClassBits-1:0]  out_class_o,
  output wire                  out_last_o
);

  localparam integer Rest = (Count - 1) % Width + 1;
  localparam integer Levels = $clog2(Width);
  localparam integer PlaceBits = (Width <= 1) ? 1 : Levels;
  localparam integer KeyBits = Bits + 1;
  localparam integer LastI = Count - Rest;
  localparam [ClassBits-1:0] Last = LastI[ClassBits-1:0];
  localparam integer StepI = Width;
  localparam [ClassBits-1:0] Step = StepI[ClassBits-1:0];

  // Of the first logit of the beat.
  reg [ClassBits-1:0] index_q;
  reg [ClassBits-1:0] class_q;
  reg [KeyBits-1:0] best_q;
  wire first = index_q == {ClassBits{1'b0}};
  wire take = in_valid_i && in_ready_o;

  assign in_ready_o = out_ready_i;
  assign out_valid_o = in_valid_i;
  assign out_data_o = in_data_i;
  assign out_last_o = index_q == Last;

  // A leading 1 for numbers that are not negative makes two's complement order the order of unsigned numbers. Places that
  // hold no logit have 0, which is less than any. Of two places that are equal the lower one is the larger.
  genvar i, k;
  generate
    for (k = 0; k <= Levels; k = k + 1) begin : g_level
      localparam integer Nodes = (Width + (1 << k) - 1) >> k;
      wire [Nodes*KeyBits-1:0] keys;
      wire [Nodes*PlaceBits-1:0] places;
      for (i = 0; i < Nodes; i = i + 1) begin : g_node
        if (k == 0) begin : g_logit
          localparam integer PlaceI = i;
          wire [Bits-1:0] logit = in_data_i[i*Bits+:Bits];
          wire there = (i < Rest) || !out_last_o;
          wire positive = (Signed == 0) || !logit[Bits-1];
          assign keys[i*KeyBits+:KeyBits] = {KeyBits{there}} & {positive, logit};
          assign places[i*PlaceBits+:PlaceBits] = PlaceI[PlaceBits-1:0];
        end else if (2 * i + 1 < (Width + (1 << k) / 2 - 1) >> (k - 1)) begin : g_two
          wire [KeyBits-1:0] low = g_level[k-1].keys[2*i*KeyBits+:KeyBits];
          wire [KeyBits-1:0] high = g_level[k-1].keys[(2*i+1)*KeyBits+:KeyBits];
          wire upper = high > low;
          assign keys[i*KeyBits+:KeyBits] = upper ? high : low;
          assign places[i*PlaceBits+:PlaceBits] = upper ? g_level[k-1].places[(2*i+1)*PlaceBits+:PlaceBits]
                                                        : g_level[k-1].places[2*i*PlaceBits+:PlaceBits];
        end else begin : g_one
          assign keys[i*KeyBits+:KeyBits] = g_level[k-1].keys[2*i*KeyBits+:KeyBits];
          assign places[i*PlaceBits+:PlaceBits] = g_level[k-1].places[2*i*PlaceBits+:PlaceBits];
        end
      end
    end
  endgenerate

  wire [KeyBits-1:0] key = g_level[Levels].keys;
  wire [ClassBits-1:0] at = index_q + {{(ClassBits - PlaceBits) {1'b0}}, g_level[Levels].places};
  wire better = first || (key > best_q);

  assign out_class_o = better ? at : class_q;

  always @(posedge clk_i) begin
    if (take && better) begin
      best_q <= key;
      class_q <= at;
    end
    if (!rst_ni) index_q <= {ClassBits{1'b0}};
    else if (take) index_q <= out_last_o ? {ClassBits{1'b0}} : index_q + Step;
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Count >= 1 && ClassBits >= $clog2(Count))) begin
      $display("%m: error: flexor_classifier needs ClassBits that hold Count - 1");
      $stop;
    end
    if (!(Width >= 1 && Width <= Count)) begin
      $display("%m: error: flexor_classifier needs Width from 1 to Count");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Width * Bits + ClassBits + 1)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i({out_last_o, out_class_o, out_data_o})
  );
`endif

endmodule
