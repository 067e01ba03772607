// Loops over many elements on all threads. Chunks have a fixed size, whatever the number of threads, so that an element is
// always computed by the same instructions and sums over chunks are taken in the same order: results do not depend on the
// number of threads.
#pragma once

#include <algorithm>
#include <cstdint>

namespace flexor {

// Elements of a chunk of cheap work: about 10 microseconds.
constexpr int64_t kChunk = 1 << 14;

inline int64_t chunkCount(int64_t count, int64_t chunk) { return (count + chunk - 1) / chunk; }

// Calls work(begin, end, index) for every chunk of 0..count.
template <typename Work>
void forChunks(int64_t count, int64_t chunk, Work work) {
  const int64_t chunks = chunkCount(count, chunk);
#pragma omp parallel for schedule(static) if (chunks > 1)
  for (int64_t k = 0; k < chunks; ++k) work(k * chunk, std::min(count, (k + 1) * chunk), k);
}

}  // namespace flexor
