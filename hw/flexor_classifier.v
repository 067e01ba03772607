// Adds the class to a stream of logits: index of the largest logit of the frame so far, the lowest index on a tie.
//
// The class is final in the last beat of a frame, which out_last_o marks.
// Example: Count 10 for ten classes. Not done here: softmax. Registered paths: none; put a flexor_fifo behind.
module flexor_classifier #(
  parameter integer Bits = 8,
  parameter integer Signed = 1,
  parameter integer Count = 10,
  parameter integer ClassBits = 4
) (
  input  wire                 clk_i,
  input  wire                 rst_ni,
  input  wire                 in_valid_i,
  output wire                 in_ready_o,
  input  wire [Bits-1:0]      in_data_i,
  output wire                 out_valid_o,
  input  wire                 out_ready_i,
  output wire [Bits-1:0]      out_data_o,
  output wire [ClassBits-1:0] out_class_o,
  output wire                 out_last_o
);

  localparam integer LastI = Count - 1;
  localparam [ClassBits-1:0] Last = LastI[ClassBits-1:0];

  reg [ClassBits-1:0] index_q;
  reg [ClassBits-1:0] class_q;
  reg [Bits-1:0] best_q;
  wire first = index_q == {ClassBits{1'b0}};
  // A leading 1 for numbers that are not negative makes two's complement order the order of unsigned numbers.
  wire new_positive = (Signed == 0) || !in_data_i[Bits-1];
  wire old_positive = (Signed == 0) || !best_q[Bits-1];
  wire better = first || ({new_positive, in_data_i} > {old_positive, best_q});
  wire take = in_valid_i && in_ready_o;

  assign in_ready_o = out_ready_i;
  assign out_valid_o = in_valid_i;
  assign out_data_o = in_data_i;
  assign out_class_o = better ? index_q : class_q;
  assign out_last_o = index_q == Last;

  always @(posedge clk_i) begin
    if (take && better) begin
      best_q <= in_data_i;
      class_q <= index_q;
    end
    if (!rst_ni) index_q <= {ClassBits{1'b0}};
    else if (take) index_q <= out_last_o ? {ClassBits{1'b0}} : index_q + 1'b1;
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Count >= 1 && ClassBits >= $clog2(Count))) begin
      $display("%m: error: flexor_classifier needs ClassBits that hold Count - 1");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Bits + ClassBits + 1)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i({out_last_o, out_class_o, out_data_o})
  );
`endif

endmodule
