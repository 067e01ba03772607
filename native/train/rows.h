// Loops over a tensor whose last dimension is the channels. Sixteen channels are a vector or two, too few for a loop of
// their own: several rows are taken as one, a tile, and what is per channel is repeated along it.
#pragma once

#include <array>
#include <vector>

#include "chunks.h"

namespace flexor {

class Tile {
 public:
  explicit Tile(int64_t channels) : channels(channels), width(channels * std::max<int64_t>(1, kWidth / channels)) {}

  // Elements of a chunk: whole tiles, and fixed, so that sums do not depend on the number of threads.
  int64_t chunk() const { return width * std::max<int64_t>(1, kChunk / width); }

  // [channels] -> [width]
  std::vector<float> repeated(const float* values) const {
    std::vector<float> lanes(width);
    for (int64_t k = 0; k < width; ++k) lanes[k] = values[k % channels];
    return lanes;
  }

  // sums[c] += what the lanes of channel c hold.
  template <typename Sum>
  void fold(const float* lanes, Sum* sums) const {
    for (const float* end = lanes + width; lanes < end; lanes += channels) {
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) sums[c] += lanes[c];
    }
  }

  const int64_t channels, width;

 private:
  static constexpr int64_t kWidth = 256;
};

// Calls visit(i, lane) for the elements begin .. end of a tensor, begin at the start of a tile.
template <typename Visit>
void forLanes(const Tile& tile, int64_t begin, int64_t end, Visit visit) {
  const int64_t width = tile.width;
  for (; begin + width <= end; begin += width) {
#pragma omp simd
    for (int64_t k = 0; k < width; ++k) visit(begin + k, k);
  }
  for (int64_t k = 0; begin + k < end; ++k) visit(begin + k, k);
}

// y[i] = value(i, lane) for every element.
template <typename Value>
void forTiles(const Tile& tile, int64_t size, float* y, Value value) {
  forChunks(size, tile.chunk(), [&](int64_t begin, int64_t end, int64_t) {
    forLanes(tile, begin, end, [=](int64_t i, int64_t k) { y[i] = value(i, k); });
  });
}

// `Count` sums per channel at once: add(i, lane, lanes) adds what element i gives to lanes[s][lane], s < Count. float32
// within a lane of a chunk, then float64.
template <int Count, typename Add>
void sumTiles(const Tile& tile, int64_t size, const std::array<float*, Count>& sums, Add add) {
  const int64_t chunks = chunkCount(size, tile.chunk());
  std::vector<float> partial(Count * chunks * tile.width);
  forChunks(size, tile.chunk(), [&](int64_t begin, int64_t end, int64_t chunk) {
    std::array<float*, Count> lanes;
    for (int s = 0; s < Count; ++s) lanes[s] = &partial[(Count * chunk + s) * tile.width];
    forLanes(tile, begin, end, [=](int64_t i, int64_t k) { add(i, k, lanes); });
  });
  std::vector<double> totals(tile.channels);
  for (int s = 0; s < Count; ++s) {
    std::fill(totals.begin(), totals.end(), 0.0);
    for (int64_t chunk = 0; chunk < chunks; ++chunk) tile.fold(&partial[(Count * chunk + s) * tile.width], totals.data());
    std::copy(totals.begin(), totals.end(), sums[s]);
  }
}

}  // namespace flexor
