// Quantisers of activations whose step is learnt (Esser et al., Learned Step Size Quantization, ICLR 2020), as
// src/train/engine/elementwise.ts has them.
#include <cmath>
#include <vector>

#include "chunks.h"
#include "kernels.h"

namespace flexor {
namespace {

struct Limits {
  double low, high;
};

// clamp(round(x / step), low, high), ties to even; exact, since (n +- 1/2) * step of a float is no longer than a double.
inline double nearestStep(double x, double step, Limits limits) {
  const double position = x / step;
  if (position >= limits.high + 1) return limits.high;
  if (position <= limits.low - 1) return limits.low;
  double n = std::floor(position + 0.5);
  const bool odd = static_cast<int64_t>(n) % 2 != 0;
  const double below = (n - 0.5) * step, above = (n + 0.5) * step;
  if (x < below || (x == below && odd)) {
    n -= 1;
  } else if (x > above || (x == above && odd)) {
    n += 1;
  }
  return std::max(limits.low, std::min(limits.high, n));
}

}  // namespace

// x, step [1], low, high, y: y = step * clamp(round(x / step), low, high).
void quantiseLearned(const Args& args) {
  const int64_t size = args.length(0);
  const float* x = args.floats(0, size);
  const double step = args.floats(1, 1)[0];
  const Limits limits{args.number(2), args.number(3)};
  float* y = args.floats(4, size);
  forChunks(size, kChunk, [=](int64_t begin, int64_t end, int64_t) {
    // + 0: no negative zero.
    for (int64_t i = begin; i < end; ++i) y[i] = (nearestStep(x[i], step, limits) + 0.0) * step;
  });
}

// dy, x, step [1], low, high, factor, dx, dStep [1]: dx = dy from low to high steps, else 0; dStep = factor * sum of dy
// times what y / step is away from x / step, or times the limit outside.
void quantiseLearnedGradient(const Args& args) {
  const int64_t size = args.length(0);
  const float* dy = args.floats(0, size);
  const float* x = args.floats(1, size);
  const double step = args.floats(2, 1)[0];
  const Limits limits{args.number(3), args.number(4)};
  float* dx = args.floats(6, size);
  std::vector<double> sums(chunkCount(size, kChunk));
  double* partial = sums.data();
  forChunks(size, kChunk, [=](int64_t begin, int64_t end, int64_t chunk) {
    double sum = 0;
    for (int64_t i = begin; i < end; ++i) {
      const double position = x[i] / step;
      const bool inside = position > limits.low && position < limits.high;
      sum += dy[i] * (nearestStep(x[i], step, limits) - (inside ? position : 0));
      dx[i] = inside ? dy[i] : 0;
    }
    partial[chunk] = sum;
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  args.floats(7, 1)[0] = args.number(5) * total;
}

}  // namespace flexor
