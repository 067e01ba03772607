// prove: ActBits=2 Simd=1 Pe=2 Groups=2 Steps=2 Planes=1 WordCycles=2 AccBits=4 SumBits=4 | ActBits=1 Simd=2 Pe=1 Groups=1 Steps=3 Planes=1 WordCycles=3 AccBits=4 SumBits=4 | ActBits=1 Simd=2 Pe=1 Groups=1 Steps=3 Planes=1 LoadRegister=1 WordCycles=3 AccBits=4 SumBits=4 | ActBits=1 Simd=2 Pe=1 Groups=1 Steps=3 Planes=1 HeldWords=1 WordCycles=3 AccBits=4 SumBits=4
// bounded: 12
// holds: in
// gives: out
//
// The law of the stream where words hold it too; values are tested.
  reg f_word_held = 1'b0;
  reg [Planes*Simd*WordCycles*Pe-1:0] f_word;
  always @(posedge clk_i) begin
    f_word_held <= rst_ni && word_valid_i && !word_ready_o;
    f_word <= word_i;
  end
  always @* if (f_word_held) assume (word_valid_i && word_i == f_word);
