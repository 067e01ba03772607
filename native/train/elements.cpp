// Element by element.
#include "chunks.h"
#include "kernels.h"

namespace flexor {
namespace {

template <typename Value>
void forElements(int64_t size, float* y, Value value) {
  forChunks(size, kChunk, [=](int64_t begin, int64_t end, int64_t) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) y[i] = value(i);
  });
}

}  // namespace

// a, b, y: y = a + b.
void add(const Args& args) {
  const int64_t size = args.length(0);
  const float* a = args.floats(0, size);
  const float* b = args.floats(1, size);
  forElements(size, args.floats(2, size), [=](int64_t i) { return a[i] + b[i]; });
}

// x, y: y = max(x, 0); NaN stays NaN.
void relu(const Args& args) {
  const int64_t size = args.length(0);
  const float* x = args.floats(0, size);
  forElements(size, args.floats(1, size), [=](int64_t i) { return x[i] < 0 ? 0.0f : x[i]; });
}

// dy, y, dx: dx = dy where the ReLU's output y is above 0, else 0.
void reluGradient(const Args& args) {
  const int64_t size = args.length(0);
  const float* dy = args.floats(0, size);
  const float* y = args.floats(1, size);
  forElements(size, args.floats(2, size), [=](int64_t i) { return y[i] > 0 ? dy[i] : 0.0f; });
}

}  // namespace flexor
