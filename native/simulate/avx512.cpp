// Kernels for AVX-512 with VNNI: four products of bytes are added into a 32-bit sum at once (vpdpbusd).
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")
#include <immintrin.h>

#include "driver.h"

namespace flexor {
namespace {

struct Avx512 {
  // A tile: pixels × vectors of sixteen channels, as many as there are registers for.
  static constexpr int kPixels = 8;
  static constexpr int kVectors = 2;

  // Not inlined: beside anything else the compiler runs out of registers and keeps sums in memory.
  template <int pixels, int vectors>
  __attribute__((noinline)) static void tile(const Weighted& layer, const uint8_t* const* windows,
                                             const int8_t* weights, const int32_t* starts, int32_t* to, int64_t pitch) {
    const int64_t next = layer.steps() * 64;
    const int64_t length = 4 * int64_t{layer.quads};
    const uint8_t* window[pixels];
    __m512i sums[pixels][vectors];
    for (int p = 0; p < pixels; ++p) {
      window[p] = windows[p] + length;
      for (int v = 0; v < vectors; ++v) sums[p][v] = _mm512_loadu_si512(starts + 16 * v);
    }
    for (int64_t segment = 0; segment < layer.segments; ++segment) {
      for (int64_t at = -length; at < 0; at += 4, weights += 64) {
        __m512i w[vectors];
        for (int v = 0; v < vectors; ++v) w[v] = _mm512_loadu_si512(weights + v * next);
        for (int p = 0; p < pixels; ++p) {
          const __m512i a = _mm512_set1_epi32(*reinterpret_cast<const int32_t*>(window[p] + at));
          for (int v = 0; v < vectors; ++v) sums[p][v] = _mm512_dpbusd_epi32(sums[p][v], a, w[v]);
        }
      }
      for (int p = 0; p < pixels; ++p) window[p] += layer.segmentPitch;
    }
    for (int p = 0; p < pixels; ++p)
      for (int v = 0; v < vectors; ++v) _mm512_storeu_si512(to + p * pitch + 16 * v, sums[p][v]);
  }

  using Eight = __m512d;

  static Eight load(const double* from) { return _mm512_loadu_pd(from); }
  static Eight splat(double x) { return _mm512_set1_pd(x); }
  static void store(double* to, Eight z) { _mm512_storeu_pd(to, z); }

  // z + factors·integers.
  static Eight scale(Eight z, Eight factors, __m256i integers) {
    return _mm512_fmadd_pd(factors, _mm512_cvtepi32_pd(integers), z);
  }

  // y, and its low bytes. Everything is exact in doubles: z and its rounding term stay below 2^53, and 2^−shift only moves
  // the binary point.
  struct Rounding {
    const __m512d term, unit, low, high;
    const __m256i zero;

    explicit Rounding(const Weighted& layer)
        : term(splat(layer.rounding)),
          unit(splat(layer.unit)),
          low(splat(layer.low)),
          high(splat(layer.high)),
          zero(_mm256_set1_epi32(layer.output.zero)) {}

    void round(Eight z, int32_t* y, uint8_t* bytes) const {
      const __m512d shifted = _mm512_mul_pd(_mm512_add_pd(z, term), unit);
      const __m512d floored = _mm512_roundscale_pd(shifted, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
      const __m512d clamped = _mm512_min_pd(high, _mm512_max_pd(low, floored));
      const __m256i whole = _mm256_add_epi32(_mm512_cvtpd_epi32(clamped), zero);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), whole);
      _mm_storel_epi64(reinterpret_cast<__m128i*>(bytes), _mm256_cvtepi32_epi8(whole));
    }
  };
};

}  // namespace

void runAvx512(const Weighted& layer) { Driver<Avx512>(layer).run(); }

}  // namespace flexor
