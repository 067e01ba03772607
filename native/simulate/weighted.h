// A weighted layer (convolution, or dense as one window over its whole input) of the bit-exact simulator, on bytes.
//
// An activation is one byte or two (low bytes and high bytes in planes of their own), with a zero point; a tensor has a border
// of zero points where a window may reach. A layer's weights are "digits": signed bytes whose sums over the window, times the
// factors, give z. Four elements that lie side by side meet the four weights of a channel in one 32-bit lane, sixteen
// channels side by side ("vector"). Sums are exact in 32 bits; src/simulate/bytes/weighted.ts sees to it.
#pragma once

#include <cstdint>

namespace flexor {

// Where the elements of a tensor lie, in bytes. `origin` leads to the first element that is meant.
struct Place {
  int32_t imagePitch, planePitch, rowPitch, pixelPitch, origin, bytes, zero;
};

// The numbers of a call, in the order of the Int32Array that JavaScript gives.
struct WeightedFields {
  Place input, output, residual;
  // Pixels of the output; the input moves by stepY and stepX bytes from one to the next.
  int32_t images, height, width, stepY, stepX;
  // A window is `segments` runs of 4·quads bytes, segmentPitch bytes apart.
  int32_t segments, quads, segmentPitch;
  // rows = digits·channels sums a pixel and input byte, rounded up to vectors of 16 in the weights.
  int32_t channels, digits;
  // Products of two elements that fit into one signed 16-bit sum, halved: steps between widenings.
  int32_t flushSteps;
  int32_t shift, low, high, logits;
};

struct Weighted : WeightedFields {
  const uint8_t* in;
  const uint8_t* added;
  // [vector][segment][quad][16 channels][4 elements].
  const int8_t* weights;
  // Start of every sum, [input byte][vector][16]: what the zero point adds to it, subtracted.
  const int32_t* starts;
  // [input byte][digit][channel], rows of factorPitch; β of as many channels. Zeros fill up.
  const double* factors;
  const double* beta;
  double residualMultiplier;
  // The rounding term and 2^−shift.
  double rounding, unit;
  // One of the two: bytes, or the logits of every image.
  uint8_t* out;
  double* logit;

  int64_t vectors() const { return (int64_t{digits} * channels + 15) / 16; }
  int64_t factorPitch() const { return (channels + 7) / 8 * 8; }
  int64_t steps() const { return int64_t{segments} * quads; }
};

// Bytes behind a tensor that may be read: vectors of eight and four elements are read even where fewer are left.
constexpr int64_t kSlack = 16;

void runAvx2(const Weighted&);
void runAvx512(const Weighted&);

}  // namespace flexor
