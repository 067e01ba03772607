// prove: Bits=1 Inputs=2 Beats=64'h0000000100000001 | Bits=2 Inputs=3 Beats=96'h000000020000000100000003
// gives: out
//
// Beat n of a pixel is the next one of the input in whose stretch n lies; the other inputs wait. Inputs keep the law.
  function integer f_before(input integer inputs);
    integer k;
    begin
      f_before = 0;
      for (k = 0; k < inputs; k = k + 1) f_before = f_before + Beats[32*k+:32];
    end
  endfunction
  localparam integer FBeats = f_before(Inputs);
  reg [7:0] f_place = 8'd0;
  always @(posedge clk_i)
    if (!rst_ni) f_place <= 0;
    else if (out_valid_o && out_ready_i) f_place <= (f_place == FBeats - 1) ? 0 : f_place + 1'b1;

  reg [Inputs-1:0] f_held = 0;
  reg [Inputs*Bits-1:0] f_data;
  always @(posedge clk_i) begin
    f_held <= rst_ni ? in_valid_i & ~in_ready_o : 0;
    f_data <= in_data_i;
  end

  genvar f;
  generate
    for (f = 0; f < Inputs; f = f + 1) begin : f_input
      localparam integer First = f_before(f);
      localparam integer End = f_before(f + 1);
      wire turn = f_place >= First && f_place < End;
      always @* begin
        if (f_held[f]) assume (in_valid_i[f] && in_data_i[f*Bits+:Bits] == f_data[f*Bits+:Bits]);
        if (f_started) begin
          assert (in_ready_o[f] == (turn && out_ready_i));
          if (turn) assert (out_valid_o == in_valid_i[f] && out_data_o == in_data_i[f*Bits+:Bits]);
          if (index_q == f) assert (f_place == First + beat_q && turn);
        end
      end
    end
  endgenerate
  always @* if (f_started) assert (index_q <= IndexLast);
