// Batch normalisation in training (Ioffe and Szegedy, 2015), with the addition of a residual and the ReLU behind it in the
// same pass: y = ReLU(γ·x̂ + β + residual), x̂ = (x − mean) / √(variance + ε), moments over all but the channels. All of it
// is bound by the memory's speed, so what counts is how many tensors a pass reads and writes.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels.h"
#include "rows.h"

namespace flexor {
namespace {

// max(floor, y), but NaN stays NaN.
inline float atLeast(float floor, float y) { return y < floor ? floor : y; }

// Where a ReLU, or none, cuts off.
inline float floorOf(bool relu) { return relu ? 0.0f : -INFINITY; }

// Mean and biased variance per channel, reading x from memory once: each chunk gives its mean and its squared deviations
// from that while it lies in the cache; chunks are put together as in Chan, Golub and LeVeque (1979).
void moments(const Tile& tile, int64_t size, const float* x, float* mean, float* variance) {
  const int64_t channels = tile.channels, chunks = chunkCount(size, tile.chunk());
  std::vector<float> partial(2 * chunks * channels);
  forChunks(size, tile.chunk(), [&](int64_t begin, int64_t end, int64_t chunk) {
    float* centre = &partial[2 * chunk * channels];
    float* squares = centre + channels;
    std::vector<float> sums(tile.width), deviations(tile.width);
    float* sum = sums.data();
    float* deviation = deviations.data();
    forLanes(tile, begin, end, [=](int64_t i, int64_t k) { sum[k] += x[i]; });
    tile.fold(sum, centre);
    for (int64_t c = 0; c < channels; ++c) centre[c] /= (end - begin) / channels;
    const auto centres = tile.repeated(centre);
    const float* laneCentre = centres.data();
    forLanes(tile, begin, end, [=](int64_t i, int64_t k) {
      const float d = x[i] - laneCentre[k];
      deviation[k] += d * d;
    });
    tile.fold(deviation, squares);
  });
  for (int64_t c = 0; c < channels; ++c) {
    double count = 0, centre = 0, squares = 0;
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      const double added = std::min(tile.chunk(), size - chunk * tile.chunk()) / channels;
      const double d = partial[2 * chunk * channels + c] - centre;
      centre += d * added / (count + added);
      squares += partial[(2 * chunk + 1) * channels + c] + d * d * count * added / (count + added);
      count += added;
    }
    mean[c] = static_cast<float>(centre);
    variance[c] = static_cast<float>(squares / count);
  }
}

// γ·x̂ + β of an element, with what is per channel repeated along a tile.
class Normalised {
 public:
  Normalised(const Tile& tile, const float* x, const float* gamma, const float* beta, const float* mean,
             const float* variance, float epsilon)
      : x_(x), means_(tile.repeated(mean)), factors_(tile.repeated(gamma)), offsets_(tile.repeated(beta)) {
    for (int64_t k = 0; k < tile.width; ++k) factors_[k] /= std::sqrt(variance[k % tile.channels] + epsilon);
  }

  // To be copied into a loop.
  struct View {
    const float *x, *mean, *factor, *offset;
    float centred(int64_t i, int64_t k) const { return x[i] - mean[k]; }
    float operator()(int64_t i, int64_t k) const { return centred(i, k) * factor[k] + offset[k]; }
  };

  View view() const { return {x_, means_.data(), factors_.data(), offsets_.data()}; }

 private:
  const float* x_;
  std::vector<float> means_, factors_, offsets_;
};

}  // namespace

// x, γ, β, residual or null, ε, relu (0 or 1), y, mean, variance (biased); the last three are written.
void batchNorm(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  const float* residual = args.optionalFloats(3, size);
  const float epsilon = args.number(4), floor = floorOf(args.integer(5) != 0);
  float* y = args.floats(6, size);
  float* mean = args.floats(7, channels);
  float* variance = args.floats(8, channels);
  const Tile tile(channels);
  moments(tile, size, x, mean, variance);
  const Normalised all(tile, x, args.floats(1, channels), args.floats(2, channels), mean, variance, epsilon);
  const auto normalised = all.view();
  if (residual == nullptr) {
    forTiles(tile, size, y, [=](int64_t i, int64_t k) { return atLeast(floor, normalised(i, k)); });
  } else {
    forTiles(tile, size, y, [=](int64_t i, int64_t k) { return atLeast(floor, normalised(i, k) + residual[i]); });
  }
}

// dy, x, y or null, γ, β, mean, variance, ε, relu, dx, dγ, dβ, dresidual or null; the last four are written. y and dresidual
// are given where there was a residual; without one γ·x̂ + β tells where the ReLU lets the gradient pass.
void batchNormGradient(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(3), rows = size / channels;
  const float* dy = args.floats(0, size);
  const float* x = args.floats(1, size);
  const float* y = args.optionalFloats(2, size);
  const float* gamma = args.floats(3, channels);
  const float* mean = args.floats(5, channels);
  const float* variance = args.floats(6, channels);
  const float epsilon = args.number(7), floor = floorOf(args.integer(8) != 0);
  float* dx = args.floats(9, size);
  float* dGamma = args.floats(10, channels);
  float* dBeta = args.floats(11, channels);
  float* dResidual = args.optionalFloats(12, size);
  const Tile tile(channels);
  const Normalised all(tile, x, gamma, args.floats(4, channels), mean, variance, epsilon);
  const auto normalised = all.view();
  // g = dy where the ReLU lets it pass; dγ = Σ g · x̂, dβ = Σ g.
  const auto passed = [=](int64_t i, int64_t k) { return normalised(i, k) > floor ? dy[i] : 0.0f; };
  const auto add = [=](float g, int64_t i, int64_t k, const auto& lanes) {
    lanes[0][k] += g * normalised.centred(i, k);
    lanes[1][k] += g;
  };
  if (dResidual == nullptr) {
    sumTiles<2>(tile, size, {dGamma, dBeta},
                [=](int64_t i, int64_t k, const auto& lanes) { add(passed(i, k), i, k, lanes); });
  } else {
    sumTiles<2>(tile, size, {dGamma, dBeta}, [=](int64_t i, int64_t k, const auto& lanes) {
      const float g = y[i] > floor ? dy[i] : 0.0f;
      dResidual[i] = g;
      add(g, i, k, lanes);
    });
  }
  // dx = slope · (g − (dβ + x̂ · dγ) / rows), with what depends on the channel alone taken together.
  std::vector<float> slopes(channels), offsets(channels), factors(channels);
  for (int64_t c = 0; c < channels; ++c) {
    const float inverse = 1 / std::sqrt(variance[c] + epsilon);
    dGamma[c] *= inverse;
    slopes[c] = gamma[c] * inverse;
    offsets[c] = -slopes[c] * dBeta[c] / rows;
    factors[c] = -slopes[c] * inverse * dGamma[c] / rows;
  }
  const auto laneSlopes = tile.repeated(slopes.data()), laneOffsets = tile.repeated(offsets.data()),
             laneFactors = tile.repeated(factors.data());
  const float *slope = laneSlopes.data(), *offset = laneOffsets.data(), *factor = laneFactors.data();
  const auto inputGradient = [=](float g, int64_t i, int64_t k) {
    return slope[k] * g + (offset[k] + factor[k] * normalised.centred(i, k));
  };
  if (dResidual == nullptr) {
    forTiles(tile, size, dx, [=](int64_t i, int64_t k) { return inputGradient(passed(i, k), i, k); });
  } else {
    forTiles(tile, size, dx, [=](int64_t i, int64_t k) { return inputGradient(dResidual[i], i, k); });
  }
}

}  // namespace flexor
