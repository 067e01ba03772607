// prove: Width=1 Depth=3 | Width=1 Depth=4
// bounded: 10
// gives: out
//
// Order and values are kept, nothing is lost or doubled: against a plain queue, from the reset on.
  localparam integer FMost = Depth + 1;
  reg [Width*FMost-1:0] f_queue = 0;
  reg [7:0] f_count = 8'd0;
  wire f_pop = out_valid_o && out_ready_i;
  wire [Width*FMost-1:0] f_rest = f_pop ? f_queue >> Width : f_queue;
  wire [7:0] f_left = f_count - f_pop;
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_count <= 0;
      f_queue <= 0;
    end else begin
      f_count <= f_left + push;
      if (push) f_queue <= f_rest | (({{(Width * FMost) {1'b0}}} + in_data_i) << (f_left * Width));
      else f_queue <= f_rest;
    end
  always @*
    if (f_started) begin
      assert (f_count == count_q + valid_q && f_count <= Depth);
      if (out_valid_o) assert (f_count != 0 && out_data_o == f_queue[Width-1:0]);
      if (f_count == Depth) assert (!in_ready_o);
    end
