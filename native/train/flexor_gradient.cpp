// Gradients of the FleXOR operation with respect to the encrypted weights: eq. 6, straight-through and eq. 5, as
// src/train/weights/flexor-op.ts defines them. Sixteen slices are computed side by side, in lanes of a vector.
#include <cmath>
#include <cstring>
#include <vector>

#include "chunks.h"
#include "kernels.h"

namespace flexor {
namespace {

constexpr int kLanes = 16;
constexpr int64_t kSlicesPerChunk = 32 * kLanes;

enum class Rule { kEq6 = 0, kEq5 = 1, kStraightThrough = 2 };

// 2^t for t ≤ 0; relative error below 1e-6. Below 2^−126 it stays there.
inline float exp2OfNegative(float t) {
  t = t < -126.0f ? -126.0f : t;
  // Adding 1.5 · 2^23 rounds to the nearest integer.
  const float magic = 12582912.0f;
  const float whole = (t + magic) - magic;
  const float f = t - whole;
  const float power = 1.0f + f * (0.693147181f + f * (0.240226507f + f * (0.0555041087f + f * (0.00961812911f +
                      f * (0.00133335581f + f * 0.000154035304f)))));
  const int32_t exponent = static_cast<int32_t>(whole) + 127;
  const uint32_t bits = static_cast<uint32_t>(exponent) << 23;
  float factor;
  std::memcpy(&factor, &bits, sizeof factor);
  return power * factor;
}

// e^(−2|z|)
inline float decay(float z) { return exp2OfNegative(-2.88539008f * std::fabs(z)); }

// 1 − tanh²(z)
inline float sechSquared(float z) {
  const float e = decay(z), d = 1.0f + e;
  return 4.0f * e / (d * d);
}

struct Problem {
  int nIn, nOut;
  int64_t weights, slices;
  const int32_t *firstRow, *rows, *first, *taps;
  float sTanh;
  const float *x, *codes, *gradient;
  float* out;
};

// A column of kLanes slices for every encrypted bit or code.
using Lanes = std::vector<float>;

// lanes[j][k] = value(f) for code j of slice begin + k; 0 behind the last weight and the last slice.
template <typename Value>
void gatherCodes(const Problem& p, int64_t begin, Lanes& lanes, Value value) {
  for (int k = 0; k < kLanes; ++k) {
    const int64_t f = (begin + k) * p.nOut;
    const int used = std::clamp<int64_t>(p.weights - f, 0, p.nOut);
    for (int j = 0; j < used; ++j) lanes[j * kLanes + k] = value(f + j);
    for (int j = used; j < p.nOut; ++j) lanes[j * kLanes + k] = 0.0f;
  }
}

// out[slice, i] = sums[i][lane]
void scatterSums(const Problem& p, int64_t begin, int64_t end, const Lanes& sums) {
  for (int64_t s = begin; s < end; ++s) {
    for (int i = 0; i < p.nIn; ++i) p.out[s * p.nIn + i] = sums[i * kLanes + (s - begin)];
  }
}

// Eq. 6 and straight-through but for the slope and the sign of x: Σ (∂L/∂f)·f over the rows that tap x_i.
void sumTappingRows(const Problem& p, int64_t begin, int64_t end, Lanes& products, Lanes& sums) {
  gatherCodes(p, begin, products, [&](int64_t f) { return p.gradient[f] * p.codes[f]; });
  for (int i = 0; i < p.nIn; ++i) {
    float* sum = &sums[i * kLanes];
    std::fill_n(sum, kLanes, 0.0f);
    for (int32_t r = p.firstRow[i]; r < p.firstRow[i + 1]; ++r) {
      const float* product = &products[p.rows[r] * kLanes];
#pragma omp simd
      for (int k = 0; k < kLanes; ++k) sum[k] += product[k];
    }
  }
  scatterSums(p, begin, end, sums);
}

// Eq. 5 but for the slope: the products of the other taps' −tanh by prefix and suffix, so that nothing is divided by a
// tanh near 0.
struct TanhProducts {
  Lanes gradient, soft, sums, prefix;

  explicit TanhProducts(const Problem& p)
      : gradient(p.nOut * kLanes), soft(p.nIn * kLanes), sums(p.nIn * kLanes), prefix((p.nIn + 1) * kLanes) {}

  void add(const Problem& p, int64_t begin, int64_t end) {
    gatherCodes(p, begin, gradient, [&](int64_t f) { return p.gradient[f]; });
    gatherTanh(p, begin, end);
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int j = 0; j < p.nOut; ++j) addRow(p, j);
    scatterSums(p, begin, end, sums);
  }

 private:
  void gatherTanh(const Problem& p, int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; ++s) {
      for (int i = 0; i < p.nIn; ++i) {
        soft[i * kLanes + (s - begin)] = -std::tanh(p.sTanh * p.x[s * p.nIn + i]);
      }
    }
  }

  void addRow(const Problem& p, int j) {
    const int32_t start = p.first[j], end = p.first[j + 1];
    std::copy_n(&gradient[j * kLanes], kLanes, prefix.begin());
    for (int32_t t = start; t < end; ++t) {
      const float* tap = &soft[p.taps[t] * kLanes];
      float* before = &prefix[(t - start) * kLanes];
      for (int k = 0; k < kLanes; ++k) before[kLanes + k] = before[k] * tap[k];
    }
    float suffix[kLanes];
    std::fill_n(suffix, kLanes, 1.0f);
    for (int32_t t = end - 1; t >= start; --t) {
      const float* tap = &soft[p.taps[t] * kLanes];
      const float* before = &prefix[(t - start) * kLanes];
      float* sum = &sums[p.taps[t] * kLanes];
      for (int k = 0; k < kLanes; ++k) {
        sum[k] += before[k] * suffix[k];
        suffix[k] *= tap[k];
      }
    }
  }
};

// Slices begin .. end of ∂L/∂x.
void gradientOfSlices(const Problem& p, Rule rule, int64_t begin, int64_t end) {
  Lanes products(p.nOut * kLanes), sums(p.nIn * kLanes);
  TanhProducts tanhProducts(p);
  for (int64_t s = begin; s < end; s += kLanes) {
    const int64_t stop = std::min(end, s + kLanes);
    if (rule == Rule::kEq5) tanhProducts.add(p, s, stop);
    else sumTappingRows(p, s, stop, products, sums);
  }
  const float *x = p.x, sTanh = p.sTanh;
  float* out = p.out;
  const bool soft = rule != Rule::kStraightThrough, sign = rule != Rule::kEq5;
#pragma omp simd
  for (int64_t i = begin * p.nIn; i < end * p.nIn; ++i) {
    const float slope = soft ? sTanh * sechSquared(sTanh * x[i]) : 1.0f;
    out[i] *= sign && x[i] < 0 ? -slope : slope;
  }
}

}  // namespace

// [N_in, N_out, weights, rule], firstRow, rows (as forward), first [N_out + 1], taps (row j taps taps[first[j]] ..
// taps[first[j + 1] − 1]), S_tanh, x, codes, gradient = ∂L/∂codes, out = ∂L/∂x.
void flexorBackward(const Args& args) {
  const int32_t* shape = args.ints(0, 4);
  Problem p{};
  p.nIn = shape[0];
  p.nOut = shape[1];
  p.weights = shape[2];
  p.slices = chunkCount(p.weights, p.nOut);
  p.firstRow = args.ints(1, p.nIn + 1);
  p.rows = args.ints(2, p.firstRow[p.nIn]);
  p.first = args.ints(3, p.nOut + 1);
  p.taps = args.ints(4, p.first[p.nOut]);
  p.sTanh = static_cast<float>(args.number(5));
  p.x = args.floats(6, p.slices * p.nIn);
  p.codes = args.floats(7, p.weights);
  p.gradient = args.floats(8, p.weights);
  p.out = args.floats(9, p.slices * p.nIn);
  const Rule rule = static_cast<Rule>(shape[3]);
  forChunks(p.slices, kSlicesPerChunk,
            [&](int64_t begin, int64_t end, int64_t) { gradientOfSlices(p, rule, begin, end); });
}

}  // namespace flexor
