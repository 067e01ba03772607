// Loops over a tensor seen as rows × channels, the channels being its last dimension.
#pragma once

#include <vector>

#include "chunks.h"

namespace flexor {

// Rows of a chunk: fixed, so that sums do not depend on the number of threads.
inline int64_t rowsPerChunk(int64_t channels) { return std::max<int64_t>(1, kChunk / channels); }

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

// sums[c] = Σ over the rows of term(row · channels + c): float32 within a chunk, then float64 over the chunks.
template <typename Term>
void sumOverRows(int64_t rows, int64_t channels, float* sums, Term term) {
  const int64_t perChunk = rowsPerChunk(channels), chunks = chunkCount(rows, perChunk);
  std::vector<float> partial(chunks * channels);
  forChunks(rows, perChunk, [&](int64_t begin, int64_t end, int64_t chunk) {
    float* into = &partial[chunk * channels];
    for (int64_t row = begin; row < end; ++row) {
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) into[c] += term(row * channels + c);
    }
  });
  for (int64_t c = 0; c < channels; ++c) {
    double total = 0;
    for (int64_t chunk = 0; chunk < chunks; ++chunk) total += partial[chunk * channels + c];
    sums[c] = static_cast<float>(total);
  }
}

}  // namespace flexor
