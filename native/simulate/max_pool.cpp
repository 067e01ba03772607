#include "max_pool.h"

#include "weighted.h"

namespace flexor {
namespace {

struct PoolFields {
  // Origins lead to pixel (0, 0) of the image, not of its border: windows are cut off at its edges.
  Place input, output;
  int32_t images, inHeight, inWidth, height, width, channels;
  int32_t kernelY, kernelX, strideY, strideX, top, left;
};

// Rows or columns of a window that lie in the image: [first, end).
struct Span {
  int32_t first, end;
  Span(int32_t begin, int32_t length, int32_t size)
      : first(begin < 0 ? 0 : begin), end(begin + length > size ? size : begin + length) {}
};

void joinPixel(const uint8_t* from, uint8_t* to, int64_t channels) {
  for (int64_t c = 0; c < channels; ++c) to[c] = from[c] > to[c] ? from[c] : to[c];
}

void poolPixel(const PoolFields& pool, const uint8_t* image, uint8_t* to, int32_t y, int32_t x) {
  const Span rows(y * pool.strideY - pool.top, pool.kernelY, pool.inHeight);
  const Span columns(x * pool.strideX - pool.left, pool.kernelX, pool.inWidth);
  std::memset(to, 0, static_cast<size_t>(pool.channels));
  for (int32_t row = rows.first; row < rows.end; ++row)
    for (int32_t column = columns.first; column < columns.end; ++column)
      joinPixel(image + int64_t{row} * pool.input.rowPitch + int64_t{column} * pool.input.pixelPitch, to, pool.channels);
}

}  // namespace

// fields (PoolFields), input, output.
void maxPool(const Args& args) {
  const auto pool = args.fields<PoolFields>(0);
  const uint8_t* in = args.bytes(1, int64_t{pool.images} * pool.input.imagePitch) + pool.input.origin;
  uint8_t* out = args.bytes(2, int64_t{pool.images} * pool.output.imagePitch) + pool.output.origin;
  for (int64_t image = 0; image < pool.images; ++image) {
    const uint8_t* from = in + image * pool.input.imagePitch;
    uint8_t* to = out + image * pool.output.imagePitch;
    for (int32_t y = 0; y < pool.height; ++y)
      for (int32_t x = 0; x < pool.width; ++x)
        poolPixel(pool, from, to + int64_t{y} * pool.output.rowPitch + int64_t{x} * pool.output.pixelPitch, y, x);
  }
}

}  // namespace flexor
