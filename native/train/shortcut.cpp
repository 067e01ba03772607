// The option-A shortcut of He et al. (2016): every stride-th pixel, with channels of zeros before and after.
#include "chunks.h"
#include "kernels.h"

namespace flexor {
namespace {

// [batch, height, width, channels, stride_v, stride_h, before, after]
struct Geometry {
  int32_t batch, height, width, channels, strideV, strideH, before, after;

  int64_t wide() const { return int64_t{before} + channels + after; }
  int64_t outHeight() const { return chunkCount(height, strideV); }
  int64_t outWidth() const { return chunkCount(width, strideH); }
  int64_t inputSize() const { return int64_t{batch} * height * width * channels; }
  int64_t outputSize() const { return batch * outHeight() * outWidth() * wide(); }
};

// Calls visit(offset of the pixel, offset of the wide one) for every pixel of an image that is kept.
template <typename Visit>
void forKeptPixels(const Geometry& g, int64_t image, Visit visit) {
  int64_t to = image * g.outHeight() * g.outWidth() * g.wide();
  for (int32_t y = 0; y < g.height; y += g.strideV) {
    for (int32_t x = 0; x < g.width; x += g.strideH, to += g.wide()) {
      visit(((image * g.height + y) * g.width + x) * g.channels, to);
    }
  }
}

}  // namespace

// geometry, x, y.
void subsample(const Args& args) {
  const auto g = args.fields<Geometry>(0);
  const float* x = args.floats(1, g.inputSize());
  float* y = args.floats(2, g.outputSize());
  forChunks(g.batch, 1, [&](int64_t image, int64_t, int64_t) {
    forKeptPixels(g, image, [&](int64_t from, int64_t to) {
      std::fill_n(y + to, g.before, 0.0f);
      std::copy_n(x + from, g.channels, y + to + g.before);
      std::fill_n(y + to + g.before + g.channels, g.after, 0.0f);
    });
  });
}

// geometry, dy, dx.
void subsampleGradient(const Args& args) {
  const auto g = args.fields<Geometry>(0);
  const float* dy = args.floats(1, g.outputSize());
  float* dx = args.floats(2, g.inputSize());
  const int64_t imageSize = g.inputSize() / g.batch;
  forChunks(g.batch, 1, [&](int64_t image, int64_t, int64_t) {
    std::fill_n(dx + image * imageSize, imageSize, 0.0f);
    forKeptPixels(g, image,
                  [&](int64_t from, int64_t to) { std::copy_n(dy + to + g.before, g.channels, dx + from); });
  });
}

}  // namespace flexor
