// What happens along the channels, the last dimension of a tensor seen as rows × channels: scales, biases and their
// gradients.
#include "kernels.h"
#include "rows.h"

namespace flexor {

// x, factor [channels], y: y = x · factor.
void scale(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  const Tile tile(channels);
  const auto factors = tile.repeated(args.floats(1, channels));
  const float* factor = factors.data();
  forTiles(tile, size, args.floats(2, size), [=](int64_t i, int64_t k) { return x[i] * factor[k]; });
}

// dy, x, factor, dx, dfactor: dx = dy · factor, dfactor = Σ dy · x.
void scaleGradient(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(2);
  const float* dy = args.floats(0, size);
  const float* x = args.floats(1, size);
  const Tile tile(channels);
  const auto factors = tile.repeated(args.floats(2, channels));
  const float* factor = factors.data();
  float* dx = args.floats(3, size);
  sumTiles<1>(tile, size, {args.floats(4, channels)}, [=](int64_t i, int64_t k, const auto& lanes) {
    dx[i] = dy[i] * factor[k];
    lanes[0][k] += dy[i] * x[i];
  });
}

// x, bias [channels], y: y = x + bias.
void addBias(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  const Tile tile(channels);
  const auto biases = tile.repeated(args.floats(1, channels));
  const float* bias = biases.data();
  forTiles(tile, size, args.floats(2, size), [=](int64_t i, int64_t k) { return x[i] + bias[k]; });
}

// x, sums [channels]: the gradient of a bias.
void sumRows(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  sumTiles<1>(Tile(channels), size, {args.floats(1, channels)},
              [=](int64_t i, int64_t k, const auto& lanes) { lanes[0][k] += x[i]; });
}

}  // namespace flexor
