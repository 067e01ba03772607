// Pooling, NHWC, vectors along the channels. Max pooling's gradient goes to the first maximum of a window in row order, and
// padded elements never win; in a mean they are zeros that count.
#include <limits>
#include <vector>

#include "chunks.h"
#include "kernels.h"

namespace flexor {
namespace {

// [batch, height, width, channels, k_h, k_w, stride_v, stride_h, top, left, out_h, out_w]
struct Geometry {
  int32_t batch, height, width, channels, kernelHeight, kernelWidth, strideV, strideH, top, left, outHeight, outWidth;

  int64_t inputSize() const { return int64_t{batch} * height * width * channels; }
  int64_t outputSize() const { return int64_t{batch} * outHeight * outWidth * channels; }
};

// Calls visit(output offset, offsets of the window's elements) for every window of an image, in order.
template <typename Visit>
void forWindows(const Geometry& g, int64_t image, Visit visit) {
  std::vector<int64_t> elements;
  for (int32_t oy = 0; oy < g.outHeight; ++oy) {
    for (int32_t ox = 0; ox < g.outWidth; ++ox) {
      const int32_t y0 = oy * g.strideV - g.top, x0 = ox * g.strideH - g.left;
      elements.clear();
      for (int32_t y = std::max(0, y0); y < std::min(g.height, y0 + g.kernelHeight); ++y) {
        for (int32_t x = std::max(0, x0); x < std::min(g.width, x0 + g.kernelWidth); ++x) {
          elements.push_back(((image * g.height + y) * g.width + x) * g.channels);
        }
      }
      visit(((image * g.outHeight + oy) * g.outWidth + ox) * g.channels, elements);
    }
  }
}

}  // namespace

// geometry, x, y. A window with NaN gives NaN.
void maxPool(const Args& args) {
  const auto g = args.fields<Geometry>(0);
  const float* x = args.floats(1, g.inputSize());
  float* y = args.floats(2, g.outputSize());
  forChunks(g.batch, 1, [&](int64_t image, int64_t, int64_t) {
    forWindows(g, image, [&](int64_t out, const std::vector<int64_t>& elements) {
      float* best = y + out;
      std::fill_n(best, g.channels, -std::numeric_limits<float>::infinity());
      for (const int64_t element : elements) {
        const float* value = x + element;
#pragma omp simd
        for (int32_t c = 0; c < g.channels; ++c) {
          const bool wins = value[c] > best[c] || value[c] != value[c];
          best[c] = wins ? value[c] : best[c];
        }
      }
    });
  });
}

// geometry, dy, x, y, dx.
void maxPoolGradient(const Args& args) {
  const auto g = args.fields<Geometry>(0);
  const float* dy = args.floats(1, g.outputSize());
  const float* x = args.floats(2, g.inputSize());
  const float* y = args.floats(3, g.outputSize());
  float* dx = args.floats(4, g.inputSize());
  const int64_t imageSize = g.inputSize() / g.batch;
  forChunks(g.batch, 1, [&](int64_t image, int64_t, int64_t) {
    std::fill_n(dx + image * imageSize, imageSize, 0.0f);
    // What is left to hand out; 0 once the first maximum has taken it.
    std::vector<float> left(g.channels);
    forWindows(g, image, [&](int64_t out, const std::vector<int64_t>& elements) {
      std::copy_n(dy + out, g.channels, left.begin());
      float* rest = left.data();
      for (const int64_t element : elements) {
#pragma omp simd
        for (int32_t c = 0; c < g.channels; ++c) {
          const bool wins = x[element + c] == y[out + c];
          dx[element + c] += wins ? rest[c] : 0.0f;
          rest[c] = wins ? 0.0f : rest[c];
        }
      }
    });
  });
}

// geometry, x, y: y = the mean of each window.
void averagePool(const Args& args) {
  const auto g = args.fields<Geometry>(0);
  const float* x = args.floats(1, g.inputSize());
  float* y = args.floats(2, g.outputSize());
  const float share = 1.0f / (g.kernelHeight * g.kernelWidth);
  forChunks(g.batch, 1, [&](int64_t image, int64_t, int64_t) {
    forWindows(g, image, [&](int64_t out, const std::vector<int64_t>& elements) {
      std::fill_n(y + out, g.channels, 0.0f);
      for (const int64_t element : elements) {
#pragma omp simd
        for (int32_t c = 0; c < g.channels; ++c) y[out + c] += x[element + c] * share;
      }
    });
  });
}

// geometry, dy, dx.
void averagePoolGradient(const Args& args) {
  const auto g = args.fields<Geometry>(0);
  const float* dy = args.floats(1, g.outputSize());
  float* dx = args.floats(2, g.inputSize());
  const int64_t imageSize = g.inputSize() / g.batch;
  const float share = 1.0f / (g.kernelHeight * g.kernelWidth);
  forChunks(g.batch, 1, [&](int64_t image, int64_t, int64_t) {
    std::fill_n(dx + image * imageSize, imageSize, 0.0f);
    forWindows(g, image, [&](int64_t out, const std::vector<int64_t>& elements) {
      for (const int64_t element : elements) {
#pragma omp simd
        for (int32_t c = 0; c < g.channels; ++c) dx[element + c] += dy[out + c] * share;
      }
    });
  });
}

}  // namespace flexor
