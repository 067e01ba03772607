// prove: Width=2 Words=3 Registered=0 MemFile="scales.mem" | Width=2 Words=3 Registered=1 MemFile="scales.mem"
// file: scales.mem: 1 2 3
//
// The n-th fetch behind the reset shows word n modulo Words of the file from the next cycle on, until the next one.
  reg [7:0] f_next = 8'd0;
  reg [7:0] f_word = 8'd0;
  reg f_shown = 1'b0;
  reg f_first = 1'b1;
  always @(posedge clk_i) begin
    f_first <= !rst_ni;
    if (fetch_i) begin
      f_word <= f_next;
      f_shown <= rst_ni;
    end
    if (!rst_ni) begin
      f_next <= 0;
      f_shown <= 1'b0;
    end else if (fetch_i) f_next <= (f_next == Words - 1) ? 0 : f_next + 1'b1;
  end
  // With a register, nothing is fetched in the cycle behind a reset.
  always @* if (Registered != 0 && f_first) assume (!fetch_i);
  always @*
    if (f_started) begin
      assert (f_next < Words && f_word < Words);
      if (f_shown) assert (params_o == f_word + 2'd1);
    end
  generate
    if (Registered != 0) begin : f_ahead
      always @*
        if (f_started) begin
          assert (g_ahead.ahead_q == !f_first);
          if (f_first) assert (word_q == 0 && f_next == 0 && !f_shown);
          else assert (word_q == ((f_next == Words - 1) ? 0 : f_next + 1'b1) && word == f_next + 2'd1);
        end
    end else begin : f_direct
      always @* if (f_started) assert (word_q == f_next);
    end
  endgenerate
