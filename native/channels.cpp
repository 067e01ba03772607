// What happens along the channels, the last dimension of a tensor seen as rows × channels: scales, biases and their
// gradients.
#include "kernels.h"
#include "rows.h"

namespace flexor {

// x, factor [channels], y: y = x · factor.
void scale(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  const float* factor = args.floats(1, channels);
  forRows(size / channels, channels, args.floats(2, size), [=](int64_t i, int64_t c) { return x[i] * factor[c]; });
}

// dy, x, factor, dx, dfactor: dx = dy · factor, dfactor = Σ dy · x.
void scaleGradient(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(2), rows = size / channels;
  const float* dy = args.floats(0, size);
  const float* x = args.floats(1, size);
  const float* factor = args.floats(2, channels);
  forRows(rows, channels, args.floats(3, size), [=](int64_t i, int64_t c) { return dy[i] * factor[c]; });
  sumOverRows(rows, channels, args.floats(4, channels), [=](int64_t i) { return dy[i] * x[i]; });
}

// x, bias [channels], y: y = x + bias.
void addBias(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  const float* bias = args.floats(1, channels);
  forRows(size / channels, channels, args.floats(2, size), [=](int64_t i, int64_t c) { return x[i] + bias[c]; });
}

// x, sums [channels]: the gradient of a bias.
void sumRows(const Args& args) {
  const int64_t size = args.length(0), channels = args.length(1);
  const float* x = args.floats(0, size);
  sumOverRows(size / channels, channels, args.floats(1, channels), [=](int64_t i) { return x[i]; });
}

}  // namespace flexor
