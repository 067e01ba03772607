// prove: Bits=2 Signed=1 Count=3 ClassBits=2 | Bits=2 Signed=0 Count=1 ClassBits=1 | Bits=1 Signed=0 Count=4 ClassBits=2
// bounded: 9
// holds: in
//
// Logits pass as they are, the last one of Count is marked, and the class is the lowest index of a largest logit so far.
  reg [7:0] f_index = 8'd0;
  reg [7:0] f_class = 8'd0;
  reg [Bits-1:0] f_best;
  wire [Bits-1:0] f_key = in_data_i ^ ((Signed != 0) ? (1 << (Bits - 1)) : 0);
  wire f_better = f_index == 0 || f_key > f_best;
  wire [7:0] f_now = f_better ? f_index : f_class;
  wire f_take = in_valid_i && in_ready_o;
  always @(posedge clk_i)
    if (!rst_ni) f_index <= 0;
    else if (f_take) begin
      f_index <= (f_index == Count - 1) ? 0 : f_index + 1'b1;
      f_class <= f_now;
      if (f_better) f_best <= f_key;
    end
  always @*
    if (f_started && in_valid_i) begin
      assert (out_valid_o && out_data_o == in_data_i && in_ready_o == out_ready_i);
      assert (out_last_o == (f_index == Count - 1));
      assert (out_class_o == f_now);
    end
