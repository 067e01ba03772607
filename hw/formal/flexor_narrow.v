// prove: Bits=1 Ratio=1 | Bits=2 Ratio=3 | Bits=3 Ratio=4
// holds: in
// gives: out
//
// Parts leave in their order, and each beat is taken with its last part.
  always @*
    if (f_started) begin
      assert (part_q <= Last);
      assert (out_valid_o == in_valid_i);
      assert (out_data_o == (in_data_i >> (part_q * Bits)) % (1 << Bits));
      assert (in_ready_o == (out_ready_i && part_q == Last));
      if (f_out_held) assert (f_in_held);
      if (f_in_held) assert (f_out_data == (f_in_data >> (part_q * Bits)) % (1 << Bits) || !f_out_held);
    end
