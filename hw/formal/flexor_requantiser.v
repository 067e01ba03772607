// prove: Pe=2 Width=1 AccBits=2 SumBits=2 DotBits=4 FactorBits=4 MulBits=2 ScaledBits=8 Clamp=1 Shift=1 OutBits=2 ParamBits=10
// bounded: 8
// holds: in
// gives: out
//
// The law of the stream only; values are tested.
