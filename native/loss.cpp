// Softmax cross-entropy, the mean over a batch, with its gradient. A batch of logits is small: one thread.
#include <cmath>

#include "kernels.h"

namespace flexor {

// logits [batch, classes], labels [batch], loss [1], gradient [batch, classes]: gradient = ∂loss/∂logits.
void crossEntropy(const Args& args) {
  const int64_t size = args.length(0), batch = args.length(1), classes = size / batch;
  const float* logits = args.floats(0, size);
  const int32_t* labels = args.ints(1, batch);
  float* loss = args.floats(2, 1);
  float* gradient = args.floats(3, size);
  double total = 0;
  for (int64_t b = 0; b < batch; ++b) {
    const float* z = logits + b * classes;
    double largest = z[0], sum = 0;
    for (int64_t c = 1; c < classes; ++c) largest = std::max<double>(largest, z[c]);
    for (int64_t c = 0; c < classes; ++c) sum += std::exp(z[c] - largest);
    for (int64_t c = 0; c < classes; ++c) {
      const double probability = std::exp(z[c] - largest) / sum;
      gradient[b * classes + c] = static_cast<float>((probability - (c == labels[b] ? 1 : 0)) / batch);
    }
    total += std::log(sum) + largest - z[labels[b]];
  }
  *loss = static_cast<float>(total / batch);
}

}  // namespace flexor
