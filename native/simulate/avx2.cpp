// Kernels for AVX2: products of bytes are added in pairs in 16 bits (vpmaddubsw) and widened to 32 before they can overflow.
#pragma GCC target("avx2,fma")
#include <immintrin.h>

#include "driver.h"

namespace flexor {
namespace {

struct Avx2 {
  // A tile: pixels × vectors of sixteen channels, as many as there are registers for.
  static constexpr int kPixels = 4;
  static constexpr int kVectors = 1;

  // Not inlined: beside anything else the compiler runs out of registers and keeps sums in memory.
  template <int pixels, int vectors>
  __attribute__((noinline)) static void tile(const Weighted& layer, const uint8_t* const* windows,
                                             const int8_t* weights, const int32_t* starts, int32_t* to, int64_t pitch) {
    static_assert(vectors == 1, "sixteen channels fill the registers");
    const __m256i zero = _mm256_setzero_si256();
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i narrow[pixels][2], wide[pixels][2];
    for (int p = 0; p < pixels; ++p) {
      for (int h = 0; h < 2; ++h) {
        narrow[p][h] = zero;
        wide[p][h] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(starts + 8 * h));
      }
    }
    int64_t left = layer.flushSteps;
    for (int64_t segment = 0; segment < layer.segments; ++segment) {
      int64_t at = segment * layer.segmentPitch;
      for (int64_t quad = 0; quad < layer.quads;) {
        const int64_t some = layer.quads - quad < left ? layer.quads - quad : left;
        for (int64_t i = 0; i < some; ++i, at += 4, weights += 64) {
          const __m256i w0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
          const __m256i w1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + 32));
          for (int p = 0; p < pixels; ++p) {
            const __m256i a = _mm256_set1_epi32(*reinterpret_cast<const int32_t*>(windows[p] + at));
            narrow[p][0] = _mm256_add_epi16(narrow[p][0], _mm256_maddubs_epi16(a, w0));
            narrow[p][1] = _mm256_add_epi16(narrow[p][1], _mm256_maddubs_epi16(a, w1));
          }
        }
        quad += some;
        left -= some;
        if (left > 0) continue;
        left = layer.flushSteps;
        for (int p = 0; p < pixels; ++p) {
          for (int h = 0; h < 2; ++h) {
            wide[p][h] = _mm256_add_epi32(wide[p][h], _mm256_madd_epi16(narrow[p][h], ones));
            narrow[p][h] = zero;
          }
        }
      }
    }
    for (int p = 0; p < pixels; ++p) {
      for (int h = 0; h < 2; ++h) {
        const __m256i sum = _mm256_add_epi32(wide[p][h], _mm256_madd_epi16(narrow[p][h], ones));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + p * pitch + 8 * h), sum);
      }
    }
  }

  struct Eight {
    __m256d first, last;
  };

  static Eight load(const double* from) { return {_mm256_loadu_pd(from), _mm256_loadu_pd(from + 4)}; }
  static Eight splat(double x) { return {_mm256_set1_pd(x), _mm256_set1_pd(x)}; }
  static void store(double* to, Eight z) {
    _mm256_storeu_pd(to, z.first);
    _mm256_storeu_pd(to + 4, z.last);
  }

  // z + factors·integers.
  static Eight scale(Eight z, Eight factors, __m256i integers) {
    const __m256d first = _mm256_cvtepi32_pd(_mm256_castsi256_si128(integers));
    const __m256d last = _mm256_cvtepi32_pd(_mm256_extracti128_si256(integers, 1));
    return {_mm256_fmadd_pd(factors.first, first, z.first), _mm256_fmadd_pd(factors.last, last, z.last)};
  }

  // y, and its low bytes. Everything is exact in doubles: z and its rounding term stay below 2^53, and 2^−shift only moves
  // the binary point.
  struct Rounding {
    const __m256d term, unit, low, high;
    const __m128i zero;

    explicit Rounding(const Weighted& layer)
        : term(_mm256_set1_pd(layer.rounding)),
          unit(_mm256_set1_pd(layer.unit)),
          low(_mm256_set1_pd(layer.low)),
          high(_mm256_set1_pd(layer.high)),
          zero(_mm_set1_epi32(layer.output.zero)) {}

    void round(Eight z, int32_t* y, uint8_t* bytes) const {
      const __m128i first = roundFour(z.first), last = roundFour(z.last), low = _mm_set1_epi32(255);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(y), first);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(y + 4), last);
      const __m128i words = _mm_packs_epi32(_mm_and_si128(first, low), _mm_and_si128(last, low));
      _mm_storel_epi64(reinterpret_cast<__m128i*>(bytes), _mm_packus_epi16(words, words));
    }

    __m128i roundFour(__m256d z) const {
      const __m256d floored = _mm256_floor_pd(_mm256_mul_pd(_mm256_add_pd(z, term), unit));
      const __m256d clamped = _mm256_min_pd(high, _mm256_max_pd(low, floored));
      return _mm_add_epi32(_mm256_cvtpd_epi32(clamped), zero);
    }
  };
};

}  // namespace

void runAvx2(const Weighted& layer) { Driver<Avx2>(layer).run(); }

}  // namespace flexor
