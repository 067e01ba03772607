// The loops around the kernels of one instruction set (AVX2 or more): groups of output pixels, tiles of pixels × channels, requantiser.
//
// Everything here is a template over the instruction set, and nothing of the standard library is called: a function that two
// files share would be compiled for one of them and could then run on a processor that lacks its instructions.
#pragma once

#include "weighted.h"

namespace flexor {

// Output pixels whose sums are taken before they are requantised.
constexpr int64_t kGroup = 64;

template <typename Isa>
class Driver {
 public:
  explicit Driver(const Weighted& layer)
      : layer_(layer), rows_(16 * layer.vectors()), pixelSums_(rows_ * layer.input.bytes) {
    // Eight channels are read even where fewer are left.
    sums_ = new int32_t[kGroup * pixelSums_ + 8];
  }
  ~Driver() { delete[] sums_; }

  void run() {
    const int64_t pixels = int64_t{layer_.images} * layer_.height * layer_.width;
    for (int64_t first = 0; first < pixels; first += kGroup) {
      const int64_t count = pixels - first < kGroup ? pixels - first : kGroup;
      locate(count);
      for (int32_t byte = 0; byte < layer_.input.bytes; ++byte) sumUp(count, byte);
      finish(count);
    }
  }

 private:
  // Where the windows, the outputs and the residual inputs of the next pixels lie.
  void locate(int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      windows_[i] = layer_.in + layer_.input.origin + image_ * layer_.input.imagePitch + y_ * layer_.stepY +
                    x_ * layer_.stepX;
      outputs_[i] = layer_.logits ? image_ * layer_.channels : at(layer_.output);
      added_[i] = layer_.added == nullptr ? nullptr : layer_.added + at(layer_.residual);
      if (++x_ < layer_.width) continue;
      x_ = 0;
      if (++y_ < layer_.height) continue;
      y_ = 0;
      ++image_;
    }
  }

  int64_t at(const Place& place) const {
    return place.origin + image_ * place.imagePitch + y_ * place.rowPitch + x_ * place.pixelPitch;
  }

  void sumUp(int64_t count, int32_t byte) {
    const uint8_t* windows[kGroup];
    for (int64_t i = 0; i < count; ++i) windows[i] = windows_[i] + byte * layer_.input.planePitch;
    const int64_t vectors = layer_.vectors();
    for (int64_t v = 0; v < vectors;) {
      const int64_t wide = vectors - v >= Isa::kVectors ? Isa::kVectors : 1;
      int32_t* to = sums_ + byte * rows_ + 16 * v;
      const int8_t* weights = layer_.weights + v * layer_.steps() * 64;
      const int32_t* starts = layer_.starts + byte * rows_ + 16 * v;
      if (wide == 1) tiles<1>(windows, count, weights, starts, to);
      else tiles<Isa::kVectors>(windows, count, weights, starts, to);
      v += wide;
    }
  }

  template <int vectors>
  void tiles(const uint8_t* const* windows, int64_t count, const int8_t* weights, const int32_t* starts, int32_t* to) {
    int64_t i = 0;
    for (; i + Isa::kPixels <= count; i += Isa::kPixels)
      Isa::template tile<Isa::kPixels, vectors>(layer_, windows + i, weights, starts, to + i * pixelSums_, pixelSums_);
    for (; i + 4 <= count; i += 4)
      Isa::template tile<4, vectors>(layer_, windows + i, weights, starts, to + i * pixelSums_, pixelSums_);
    for (; i < count; ++i)
      Isa::template tile<1, vectors>(layer_, windows + i, weights, starts, to + i * pixelSums_, pixelSums_);
  }

  // z = β + m_r·r + Σ factor·sum of every channel, eight at a time, in the order of fixed/types.ts, so that every partial sum
  // is exact; then the rounding shift and the clamp. Whatever the loop needs is copied first: the compiler must assume that
  // storing a byte changes any number in memory.
  void finish(int64_t count) {
    const Terms terms{layer_.input.bytes, layer_.digits, rows_, layer_.channels, layer_.factorPitch()};
    const Added added{layer_.residual.bytes == 2 ? layer_.residual.planePitch : 0, _mm256_set1_epi32(layer_.residual.zero),
                      Isa::splat(layer_.residualMultiplier)};
    const typename Isa::Rounding rounding(layer_);
    const int64_t channels = layer_.channels;
    const int64_t highPlane = layer_.output.bytes == 2 ? layer_.output.planePitch : 0;
    const double *beta = layer_.beta, *factors = layer_.factors;
    for (int64_t pixel = 0; pixel < count; ++pixel) {
      const int32_t* sums = sums_ + pixel * pixelSums_;
      const uint8_t* residual = added_[pixel];
      const int64_t to = outputs_[pixel];
      for (int64_t c = 0; c < channels; c += 8) {
        const int64_t n = channels - c < 8 ? channels - c : 8;
        Eight z = Isa::load(beta + c);
        if (residual != nullptr) z = added.add(residual + c, z);
        z = terms.add(sums + c, factors + c, z);
        if (layer_.logits) writeLogits(z, n, layer_.logit + to + c);
        else write(rounding, z, n, highPlane, layer_.out + to + c);
      }
    }
  }

  using Eight = typename Isa::Eight;

  // m_r·r.
  struct Added {
    int64_t highPlane;
    __m256i zero;
    Eight multiplier;

    Eight add(const uint8_t* from, Eight z) const {
      __m256i r = _mm256_sub_epi32(widen(from), zero);
      if (highPlane != 0) r = _mm256_add_epi32(r, _mm256_slli_epi32(widen(from + highPlane), 8));
      return Isa::scale(z, multiplier, r);
    }

    static __m256i widen(const uint8_t* bytes) {
      return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes)));
    }
  };

  // Σ factor·sum over the bytes of the input and the digits.
  struct Terms {
    int32_t bytes, digits;
    int64_t rows, channels, factorPitch;

    Eight add(const int32_t* sums, const double* factors, Eight z) const {
      for (int32_t byte = 0; byte < bytes; ++byte, sums += rows)
        for (int64_t digit = 0; digit < digits; ++digit, factors += factorPitch)
          z = Isa::scale(z, Isa::load(factors), load(sums + digit * channels));
      return z;
    }

    static __m256i load(const int32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
  };

  static void writeLogits(Eight z, int64_t count, double* to) {
    double eight[8];
    Isa::store(eight, z);
    for (int64_t k = 0; k < count; ++k) to[k] = eight[k];
  }

  static void write(const typename Isa::Rounding& rounding, Eight z, int64_t count, int64_t highPlane, uint8_t* to) {
    int32_t y[8];
    uint8_t bytes[8];
    rounding.round(z, y, bytes);
    if (count == 8) __builtin_memcpy(to, bytes, 8);
    else for (int64_t k = 0; k < count; ++k) to[k] = bytes[k];
    if (highPlane == 0) return;
    for (int64_t k = 0; k < count; ++k) to[highPlane + k] = static_cast<uint8_t>(y[k] >> 8);
  }

  const Weighted& layer_;
  const int64_t rows_, pixelSums_;
  int32_t* sums_;
  // Of each pixel of a group.
  const uint8_t* windows_[kGroup];
  const uint8_t* added_[kGroup];
  int64_t outputs_[kGroup];
  // The next pixel.
  int64_t image_ = 0, y_ = 0, x_ = 0;
};

}  // namespace flexor
