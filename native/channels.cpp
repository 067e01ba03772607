// What happens along the channels, the last dimension of a tensor seen as rows × channels: scales, biases and their
// gradients.
#include <vector>

#include "chunks.h"
#include "kernels.h"

namespace flexor {
namespace {

// Rows of a chunk: fixed, so that sums do not depend on the number of threads.
int64_t rowsPerChunk(int64_t channels) { return std::max<int64_t>(1, kChunk / channels); }

// sums[c] = Σ over the rows of term(row · channels + c, c), chunk by chunk.
template <typename Term>
void sumOverRows(int64_t rows, int64_t channels, float* sums, Term term) {
  const int64_t perChunk = rowsPerChunk(channels);
  const int64_t chunks = chunkCount(rows, perChunk);
  std::vector<float> partial(chunks * channels);
  forChunks(rows, perChunk, [&](int64_t begin, int64_t end, int64_t chunk) {
    float* into = partial.data() + chunk * channels;
    for (int64_t row = begin; row < end; ++row) {
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) into[c] += term(row * channels + c);
    }
  });
  std::fill_n(sums, channels, 0.0f);
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    for (int64_t c = 0; c < channels; ++c) sums[c] += partial[chunk * channels + c];
  }
}

// y[row, c] = value(row · channels + c, c).
template <typename Value>
void forRows(int64_t rows, int64_t channels, float* y, Value value) {
  forChunks(rows, rowsPerChunk(channels), [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t row = begin; row < end; ++row) {
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) y[row * channels + c] = value(row * channels + c, c);
    }
  });
}

}  // namespace

// x, factor [channels], y: y = x · factor.
void scale(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  const float* factor = args.floats(1, channels);
  forRows(size / channels, channels, args.floats(2, size), [=](int64_t i, int64_t c) { return x[i] * factor[c]; });
}

// dy, x, factor, dx, dfactor: dx = dy · factor, dfactor = Σ dy · x.
void scaleGradient(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(2), rows = size / channels;
  const float* dy = args.floats(0, size);
  const float* x = args.floats(1, size);
  const float* factor = args.floats(2, channels);
  forRows(rows, channels, args.floats(3, size), [=](int64_t i, int64_t c) { return dy[i] * factor[c]; });
  sumOverRows(rows, channels, args.floats(4, channels), [=](int64_t i) { return dy[i] * x[i]; });
}

// x, bias [channels], y: y = x + bias.
void addBias(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  const float* bias = args.floats(1, channels);
  forRows(size / channels, channels, args.floats(2, size), [=](int64_t i, int64_t c) { return x[i] + bias[c]; });
}

// x, sums [channels]: the gradient of a bias.
void sumRows(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  sumOverRows(size / channels, channels, args.floats(1, channels), [=](int64_t i) { return x[i]; });
}

}  // namespace flexor
