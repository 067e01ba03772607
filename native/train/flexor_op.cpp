// The FleXOR operation (Lee et al., NeurIPS 2020), forward: eq. 2. The gradients are in flexor_gradient.cpp; both compute
// what src/train/weights/flexor-op.ts defines. Encrypted weights x lie slice by slice, N_in a slice; codes N_out a slice, the last
// slice partly used.
#include <cstring>
#include <vector>

#include "chunks.h"
#include "kernels.h"

namespace flexor {
namespace {

// Encrypted bits looked up at once.
constexpr int kGroupBits = 8;
// Codes that one table word holds.
constexpr int kWordBits = 32;
constexpr int64_t kSlicesPerChunk = 512;

// Parities of all codes of a slice, a bit each: for every group of encrypted bits and every pattern of it, which codes
// its +1 bits turn over.
class ParityTables {
 public:
  ParityTables(int nIn, int nOut, const int32_t* firstRow, const int32_t* rows)
      : groups((nIn + kGroupBits - 1) / kGroupBits),
        words((nOut + kWordBits - 1) / kWordBits),
        table_(size_t{1} * groups * kPatterns * words) {
    for (int i = 0; i < nIn; ++i) {
      const int bit = 1 << (i % kGroupBits);
      // Patterns with this bit as their highest one: those without it, with the rows that tap it turned over.
      for (int pattern = bit; pattern < 2 * bit; ++pattern) {
        uint32_t* entry = at(i / kGroupBits, pattern);
        std::memcpy(entry, at(i / kGroupBits, pattern - bit), words * sizeof *entry);
        for (int32_t r = firstRow[i]; r < firstRow[i + 1]; ++r) {
          entry[rows[r] / kWordBits] ^= 1u << (rows[r] % kWordBits);
        }
      }
    }
  }

  uint32_t* at(int group, int pattern) { return &table_[(size_t{1} * group * kPatterns + pattern) * words]; }

  const int groups;
  const int words;

 private:
  static constexpr int kPatterns = 1 << kGroupBits;
  std::vector<uint32_t> table_;
};

// Bit i is 1 where x[i] ≥ 0 (−0 too).
inline int signPattern(const float* x, int count) {
  int pattern = 0;
  for (int i = 0; i < count; ++i) pattern |= (x[i] >= 0 ? 1 : 0) << i;
  return pattern;
}

}  // namespace

// [N_in, N_out, weights], firstRow [N_in + 1], rows (those that tap bit i: rows[firstRow[i]] .. rows[firstRow[i + 1] − 1]),
// x, codes: codes = ±1.
void flexorForward(const Args& args) {
  const int32_t* shape = args.ints(0, 3);
  const int nIn = shape[0], nOut = shape[1];
  const int64_t weights = shape[2], slices = chunkCount(weights, nOut);
  const int32_t* firstRow = args.ints(1, nIn + 1);
  ParityTables tables(nIn, nOut, firstRow, args.ints(2, firstRow[nIn]));
  const float* x = args.floats(3, slices * nIn);
  // −1 is the sign bit; each +1 among a code's taps turns it over, beginning with −1 (eq. 2).
  float* codes = args.floats(4, weights);
  forChunks(slices, kSlicesPerChunk, [&](int64_t begin, int64_t end, int64_t) {
    std::vector<uint32_t> parity(tables.words);
    for (int64_t s = begin; s < end; ++s) {
      std::fill(parity.begin(), parity.end(), 0u);
      for (int g = 0; g < tables.groups; ++g) {
        const int first = g * kGroupBits;
        const uint32_t* entry = tables.at(g, signPattern(x + s * nIn + first, std::min(kGroupBits, nIn - first)));
        for (int w = 0; w < tables.words; ++w) parity[w] ^= entry[w];
      }
      for (int w = 0; w < tables.words; ++w) {
        const int64_t from = s * nOut + w * kWordBits;
        const int count = std::min<int64_t>(std::min(kWordBits, nOut - w * kWordBits), weights - from);
        const uint32_t bits = parity[w];
        // Floats written as their bits: −1 is 0xBF800000.
        uint32_t* out = reinterpret_cast<uint32_t*>(codes + from);
#pragma omp simd
        for (int j = 0; j < count; ++j) out[j] = 0xBF800000u ^ ((bits >> j) << 31);
      }
    }
  });
}

}  // namespace flexor
