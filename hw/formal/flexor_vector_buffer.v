// prove: Bits=1 Size=2 Simd=2 Steps=1 | Bits=2 Size=3 Simd=2 Steps=2
// bounded: 10
// holds: in
// gives: out
//
// The law of the stream only; values are tested.
