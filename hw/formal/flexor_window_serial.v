// prove: Bits=1 Height=2 Width=2 Channels=1 KernelH=2 KernelW=2 StrideH=1 StrideW=1 PadTop=0 PadLeft=0 OutHeight=1 OutWidth=1 Rows=4 Simd=1 Steps=4
// bounded: 12
// holds: in
// gives: out
//
// The law of the stream only; values are tested.
