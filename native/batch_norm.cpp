// Batch normalisation in training (Ioffe and Szegedy, 2015), with the addition of a residual and the ReLU behind it in the
// same pass: y = ReLU(γ·x̂ + β + residual), x̂ = (x − mean) / √(variance + ε), moments over all but the channels.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels.h"
#include "rows.h"

namespace flexor {
namespace {

// max(floor, y), but NaN stays NaN.
inline float atLeast(float floor, float y) { return y < floor ? floor : y; }

// Mean and biased variance per channel, reading x from memory once: each chunk gives its sums and its squared deviations
// from its own mean while it lies in the cache; chunks are put together as in Chan, Golub and LeVeque (1979).
void moments(const float* x, int64_t rows, int64_t channels, float* mean, float* variance) {
  const int64_t perChunk = rowsPerChunk(channels), chunks = chunkCount(rows, perChunk);
  std::vector<float> partial(2 * chunks * channels);
  forChunks(rows, perChunk, [&](int64_t begin, int64_t end, int64_t chunk) {
    float* __restrict centre = &partial[2 * chunk * channels];
    float* __restrict squares = centre + channels;
    for (int64_t row = begin; row < end; ++row) {
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) centre[c] += x[row * channels + c];
    }
    for (int64_t c = 0; c < channels; ++c) centre[c] /= end - begin;
    for (int64_t row = begin; row < end; ++row) {
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) {
        const float d = x[row * channels + c] - centre[c];
        squares[c] += d * d;
      }
    }
  });
  for (int64_t c = 0; c < channels; ++c) {
    double count = 0, centre = 0, squares = 0;
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      const double added = std::min(perChunk, rows - chunk * perChunk);
      const double d = partial[2 * chunk * channels + c] - centre;
      centre += d * added / (count + added);
      squares += partial[(2 * chunk + 1) * channels + c] + d * d * count * added / (count + added);
      count += added;
    }
    mean[c] = static_cast<float>(centre);
    variance[c] = static_cast<float>(squares / count);
  }
}

// What the sums over the rows need of batchNormGradient's arguments.
struct Gradients {
  const float *dy, *x, *y, *mean;
  float floor;
  int64_t rows, channels;
};

// moments[c] = Σ g · (x − mean), sums[c] = Σ g, with g = dy where the ReLU lets it pass.
void sumGradients(const Gradients& p, float* moments, float* sums) {
  const int64_t channels = p.channels, perChunk = rowsPerChunk(channels), chunks = chunkCount(p.rows, perChunk);
  std::vector<float> partial(2 * chunks * channels);
  forChunks(p.rows, perChunk, [&](int64_t begin, int64_t end, int64_t chunk) {
    float* __restrict moment = &partial[2 * chunk * channels];
    float* __restrict sum = moment + channels;
    const float* __restrict mean = p.mean;
    const float floor = p.floor;
    for (int64_t row = begin; row < end; ++row) {
      const float* __restrict dy = p.dy + row * channels;
      const float* __restrict x = p.x + row * channels;
      const float* __restrict y = p.y + row * channels;
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) {
        const float g = y[c] > floor ? dy[c] : 0.0f;
        moment[c] += g * (x[c] - mean[c]);
        sum[c] += g;
      }
    }
  });
  for (int64_t c = 0; c < channels; ++c) {
    double moment = 0, sum = 0;
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      moment += partial[2 * chunk * channels + c];
      sum += partial[(2 * chunk + 1) * channels + c];
    }
    moments[c] = static_cast<float>(moment);
    sums[c] = static_cast<float>(sum);
  }
}

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
  moments(x, rows, channels, mean, variance);
  std::vector<float> factors(channels);
  for (int64_t c = 0; c < channels; ++c) factors[c] = gamma[c] / std::sqrt(variance[c] + epsilon);
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
  float* dx = args.floats(8, size);
  float* dGamma = args.floats(9, channels);
  float* dBeta = args.floats(10, channels);
  float* dResidual = args.optionalFloats(11, size);
  std::vector<float> inverses(channels), slopes(channels);
  for (int64_t c = 0; c < channels; ++c) inverses[c] = 1 / std::sqrt(variance[c] + epsilon);
  sumGradients({dy, x, y, mean, floor, rows, channels}, dGamma, dBeta);
  for (int64_t c = 0; c < channels; ++c) {
    dGamma[c] *= inverses[c];
    slopes[c] = gamma[c] * inverses[c];
  }
  // dx = slope · (g − (dβ + x̂ · dγ) / rows), with what depends on the channel alone taken together.
  std::vector<float> offsets(channels), factors(channels);
  for (int64_t c = 0; c < channels; ++c) {
    offsets[c] = -slopes[c] * dBeta[c] / rows;
    factors[c] = -slopes[c] * inverses[c] * dGamma[c] / rows;
  }
  const float *slope = slopes.data(), *offset = offsets.data(), *factor = factors.data();
  const auto inputGradient = [=](float g, int64_t i, int64_t c) {
    return slope[c] * g + (offset[c] + factor[c] * (x[i] - mean[c]));
  };
  if (dResidual == nullptr) {
    forRows(rows, channels, dx, [=](int64_t i, int64_t c) {
      return inputGradient(y[i] > floor ? dy[i] : 0.0f, i, c);
    });
  } else {
    forRows(rows, channels, dx, [=](int64_t i, int64_t c) {
      const float g = y[i] > floor ? dy[i] : 0.0f;
      dResidual[i] = g;
      return inputGradient(g, i, c);
    });
  }
}

}  // namespace flexor
