// Adam (Kingma and Ba, 2015) in one pass over the memory. Bias correction is in the two scaled constants, as in
// src/train/weights/adam.ts.
#include <cmath>

#include "chunks.h"
#include "kernels.h"

namespace flexor {

// parameters, gradient, m, v, β1, β2, scaled rate, scaled ε.
void adam(const Args& args) {
  const int64_t size = args.length(0);
  float* parameters = args.floats(0, size);
  const float* gradient = args.floats(1, size);
  float* m = args.floats(2, size);
  float* v = args.floats(3, size);
  const double beta1 = args.number(4), beta2 = args.number(5);
  const float decay1 = beta1, rest1 = 1 - beta1, decay2 = beta2, rest2 = 1 - beta2;
  const float rate = args.number(6), epsilon = args.number(7);
  forChunks(size, kChunk, [=](int64_t begin, int64_t end, int64_t) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      const float g = gradient[i];
      m[i] = decay1 * m[i] + rest1 * g;
      v[i] = decay2 * v[i] + rest2 * g * g;
      parameters[i] -= rate * m[i] / (std::sqrt(v[i]) + epsilon);
    }
  });
}

}  // namespace flexor
