// Viterbi's search through the trellis of an M⊕ for the slices of codes that agree best with scores, as
// src/xor/trellis.ts defines it, to the same bits. Sixteen slices are decoded side by side, in lanes of a vector.
#include <limits>
#include <vector>

#include "chunks.h"
#include "kernels.h"

namespace flexor {
namespace {

constexpr int kLanes = 16;
constexpr int64_t kSlicesPerChunk = 4 * kLanes;

struct Trellis {
  int nOut;
  // States behind code j: first[j] .. first[j + 1] − 1; from which state of the code before, with code −1 and +1; −1: none.
  const int32_t *first, *minus, *plus;

  int states() const { return first[nOut]; }

  int mostStates() const {
    int most = 1;
    for (int j = 0; j < nOut; ++j) most = std::max(most, first[j + 1] - first[j]);
    return most;
  }
};

// What decoding kLanes slices takes: a column of lanes for every state.
struct Paths {
  explicit Paths(const Trellis& t)
      : isPlus(size_t{1} * t.states() * kLanes),
        before((t.mostStates() + 1) * kLanes),
        behind(before.size()),
        scores(t.nOut * kLanes),
        codes(t.nOut * kLanes) {
    // A state in front of all others that no path reaches: there −1 leads.
    std::fill_n(before.begin(), kLanes, -std::numeric_limits<float>::infinity());
    std::fill_n(behind.begin(), kLanes, -std::numeric_limits<float>::infinity());
  }

  static float* state(std::vector<float>& sums, int place) { return &sums[(place + 1) * kLanes]; }

  // Whether the best path into a state comes by +1.
  std::vector<uint8_t> isPlus;
  std::vector<float> before, behind, scores, codes;
};

// Best sums into every state behind code j from those behind the code before.
void advance(const Trellis& t, int j, Paths& paths) {
  const float* score = &paths.scores[j * kLanes];
  for (int at = t.first[j]; at < t.first[j + 1]; ++at) {
    const float* without = Paths::state(paths.before, t.minus[at]);
    const float* with = Paths::state(paths.before, t.plus[at]);
    float* sum = Paths::state(paths.behind, at - t.first[j]);
    uint8_t* isPlus = &paths.isPlus[size_t{1} * at * kLanes];
#pragma omp simd
    for (int k = 0; k < kLanes; ++k) {
      const float taken = with[k] + score[k];
      const bool better = taken >= without[k];
      sum[k] = better ? taken : without[k];
      isPlus[k] = better;
    }
  }
  paths.before.swap(paths.behind);
}

// The best paths backwards, all lanes at once: their signs are random, so a branch on one would stall.
void traceBack(const Trellis& t, Paths& paths) {
  int place[kLanes] = {};
  for (int j = t.nOut - 1; j >= 0; --j) {
    float* codes = &paths.codes[j * kLanes];
    for (int k = 0; k < kLanes; ++k) {
      const int at = t.first[j] + place[k];
      const int isPlus = paths.isPlus[size_t{1} * at * kLanes + k];
      codes[k] = static_cast<float>(2 * isPlus - 1);
      place[k] = (t.minus[at] & (isPlus - 1)) | (t.plus[at] & -isPlus);
    }
  }
}

}  // namespace

// first [N_out + 1], minus [states], plus [states], scores [slices × N_out], codes: codes = ±1.
void decodeSlices(const Args& args) {
  Trellis t;
  t.nOut = static_cast<int>(args.length(0)) - 1;
  t.first = args.ints(0, t.nOut + 1);
  t.minus = args.ints(1, t.states());
  t.plus = args.ints(2, t.states());
  const int64_t slices = args.length(3) / t.nOut;
  const float* scores = args.floats(3, slices * t.nOut);
  float* codes = args.floats(4, slices * t.nOut);
  forChunks(slices, kSlicesPerChunk, [&](int64_t begin, int64_t end, int64_t) {
    Paths paths(t);
    for (int64_t s = begin; s < end; s += kLanes) {
      // Lanes behind the last slice repeat it.
      for (int k = 0; k < kLanes; ++k) {
        const float* from = scores + std::min(s + k, slices - 1) * t.nOut;
        for (int j = 0; j < t.nOut; ++j) paths.scores[j * kLanes + k] = from[j];
      }
      std::fill_n(Paths::state(paths.before, 0), kLanes, 0.0f);
      for (int j = 0; j < t.nOut; ++j) advance(t, j, paths);
      traceBack(t, paths);
      for (int64_t slice = s; slice < std::min(end, s + kLanes); ++slice) {
        for (int j = 0; j < t.nOut; ++j) codes[slice * t.nOut + j] = paths.codes[j * kLanes + (slice - s)];
      }
    }
  });
}

}  // namespace flexor
