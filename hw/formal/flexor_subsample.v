// prove: Bits=1 Height=2 Width=3 Channels=1 StrideH=2 StrideW=2 Before=0 After=1 | Bits=1 Height=1 Width=1 Channels=2 StrideH=1 StrideW=1 Before=1 After=0
// bounded: 12
// holds: in
// gives: out
//
// The law of the stream only; values are tested.
