// Batch normalisation in training (Ioffe and Szegedy, 2015), with the addition of a residual and the ReLU behind it in the
// same pass: y = ReLU(γ·x̂ + β + residual), x̂ = (x − mean) / √(variance + ε), moments over all but the channels.
#include <cmath>
#include <vector>

#include "kernels.h"
#include "rows.h"

namespace flexor {
namespace {

// max(floor, y), but NaN stays NaN.
inline float atLeast(float floor, float y) { return y < floor ? floor : y; }

}  // namespace

// x, γ, β, residual or null, ε, relu (0 or 1), y, mean, variance (biased); the last three are written.
void batchNorm(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1), rows = size / channels;
  const float* x = args.floats(0, size);
  const float* gamma = args.floats(1, channels);
  const float* beta = args.floats(2, channels);
  const float* residual = args.optionalFloats(3, size);
  const float epsilon = args.number(4);
  const float floor = args.integer(5) != 0 ? 0.0f : -INFINITY;
  float* y = args.floats(6, size);
  float* mean = args.floats(7, channels);
  float* variance = args.floats(8, channels);
  sumOverRows<1>(rows, channels, {mean}, [=](int64_t i, int64_t) { return std::array{x[i]}; });
  for (int64_t c = 0; c < channels; ++c) mean[c] /= rows;
  sumOverRows<1>(rows, channels, {variance}, [=](int64_t i, int64_t c) {
    const float d = x[i] - mean[c];
    return std::array{d * d};
  });
  std::vector<float> factors(channels);
  for (int64_t c = 0; c < channels; ++c) {
    variance[c] /= rows;
    factors[c] = gamma[c] / std::sqrt(variance[c] + epsilon);
  }
  const float* factor = factors.data();
  if (residual == nullptr) {
    forRows(rows, channels, y, [=](int64_t i, int64_t c) {
      return atLeast(floor, (x[i] - mean[c]) * factor[c] + beta[c]);
    });
  } else {
    forRows(rows, channels, y, [=](int64_t i, int64_t c) {
      return atLeast(floor, (x[i] - mean[c]) * factor[c] + beta[c] + residual[i]);
    });
  }
}

// dy, x, y, γ, mean, variance, ε, relu, dx, dγ, dβ, dresidual or null; the last four are written.
void batchNormGradient(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(3), rows = size / channels;
  const float* dy = args.floats(0, size);
  const float* x = args.floats(1, size);
  const float* y = args.floats(2, size);
  const float* gamma = args.floats(3, channels);
  const float* mean = args.floats(4, channels);
  const float* variance = args.floats(5, channels);
  const float epsilon = args.number(6);
  // Where y is above this the gradient passes.
  const float floor = args.integer(7) != 0 ? 0.0f : -INFINITY;
  float* dGamma = args.floats(9, channels);
  float* dBeta = args.floats(10, channels);
  float* dResidual = args.optionalFloats(11, size);
  std::vector<float> inverses(channels), slopes(channels);
  for (int64_t c = 0; c < channels; ++c) inverses[c] = 1 / std::sqrt(variance[c] + epsilon);
  const float* inverse = inverses.data();
  sumOverRows<2>(rows, channels, {dGamma, dBeta}, [=](int64_t i, int64_t c) {
    const float g = y[i] > floor ? dy[i] : 0.0f;
    return std::array{g * (x[i] - mean[c]) * inverse[c], g};
  });
  for (int64_t c = 0; c < channels; ++c) slopes[c] = gamma[c] * inverse[c];
  const float* slope = slopes.data();
  const float share = 1.0f / rows;
  forRows(rows, channels, args.floats(8, size), [=](int64_t i, int64_t c) {
    const float g = y[i] > floor ? dy[i] : 0.0f;
    return slope[c] * (g - share * (dBeta[c] + (x[i] - mean[c]) * inverse[c] * dGamma[c]));
  });
  if (dResidual != nullptr) {
    forRows(rows, channels, dResidual, [=](int64_t i, int64_t) { return y[i] > floor ? dy[i] : 0.0f; });
  }
}

}  // namespace flexor
