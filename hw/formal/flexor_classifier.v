// prove: Bits=2 Signed=1 Count=3 ClassBits=2 | Bits=2 Signed=0 Count=1 ClassBits=1 | Bits=1 Signed=0 Count=4 ClassBits=2 | Bits=2 Signed=1 Count=5 Width=3 ClassBits=3 | Bits=1 Signed=0 Count=4 Width=2 ClassBits=2
// bounded: 9
// holds: in
//
// Logits pass as they are, the last beat of Count is marked, and the class is the lowest index of a largest logit so far.
  reg [7:0] f_index = 8'd0;
  reg [7:0] f_class = 8'd0;
  reg [Bits-1:0] f_best;
  wire f_take = in_valid_i && in_ready_o;
  // Logit by logit: the best of those before the beat and of its own up to each place.
  genvar f_w;
  generate
    for (f_w = 0; f_w < Width; f_w = f_w + 1) begin : f_place
      wire [Bits-1:0] f_key = in_data_i[f_w*Bits+:Bits] ^ ((Signed != 0) ? (1 << (Bits - 1)) : 0);
      wire [Bits-1:0] f_before;
      wire [7:0] f_of;
      if (f_w == 0) begin : f_first
        assign f_before = f_best;
        assign f_of = f_class;
      end else begin : f_next
        assign f_before = f_place[f_w-1].f_now;
        assign f_of = f_place[f_w-1].f_at;
      end
      wire f_there = f_index + f_w < Count;
      wire f_better = f_there && ((f_index == 0 && f_w == 0) || f_key > f_before);
      wire [Bits-1:0] f_now = f_better ? f_key : f_before;
      wire [7:0] f_at = f_better ? f_index + f_w : f_of;
    end
  endgenerate
  always @(posedge clk_i)
    if (!rst_ni) f_index <= 0;
    else if (f_take) begin
      f_index <= (f_index + Width >= Count) ? 0 : f_index + Width;
      f_class <= f_place[Width-1].f_at;
      f_best <= f_place[Width-1].f_now;
    end
  always @*
    if (f_started && in_valid_i) begin
      assert (out_valid_o && out_data_o == in_data_i && in_ready_o == out_ready_i);
      assert (out_last_o == (f_index + Width >= Count));
      assert (out_class_o == f_place[Width-1].f_at);
    end
