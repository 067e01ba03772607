// The module that Node.js loads for the bit-exact simulator: its kernels, and which of them this processor can run.
#include "../module.h"
#include "max_pool.h"
#include "weighted.h"

namespace flexor {
namespace {

// Raised whenever a kernel's arguments change; src/simulate/bytes/native.ts asks for the same number.
constexpr int kInterface = 1;

enum Level { kNone, kAvx2, kAvx512 };

Level processorLevel() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni"))
    return kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kAvx2;
#endif
  return kNone;
}

// A tensor of as many images as the layer, with what may be read behind it.
uint8_t* tensor(const Args& args, size_t index, const WeightedFields& layer, const Place& place) {
  return args.bytes(index, int64_t{layer.images} * place.imagePitch + kSlack);
}

// level, fields (WeightedFields), input, residual input or null, weights, starts, factors, beta, m_r, output: bytes of the
// output tensors, or the logits of all images as doubles.
void weighted(const Args& args) {
  const int64_t level = args.integer(0);
  Weighted layer;
  static_cast<WeightedFields&>(layer) = args.fields<WeightedFields>(1);
  layer.in = tensor(args, 2, layer, layer.input);
  layer.added = args.isNull(3) ? nullptr : tensor(args, 3, layer, layer.residual);
  layer.weights = args.signedBytes(4, layer.vectors() * layer.steps() * 64);
  layer.starts = args.ints(5, layer.input.bytes * layer.vectors() * 16);
  layer.factors = args.doubles(6, int64_t{layer.input.bytes} * layer.digits * layer.factorPitch());
  layer.beta = args.doubles(7, layer.factorPitch());
  layer.residualMultiplier = args.number(8);
  layer.rounding = layer.shift == 0 ? 0 : static_cast<double>(int64_t{1} << (layer.shift - 1));
  layer.unit = 1 / static_cast<double>(int64_t{1} << layer.shift);
  layer.out = layer.logits ? nullptr : tensor(args, 9, layer, layer.output);
  layer.logit = layer.logits ? args.doubles(9, int64_t{layer.images} * layer.channels) : nullptr;
#if defined(__x86_64__)
  if (level >= kAvx512 && processorLevel() >= kAvx512) return runAvx512(layer);
  if (level >= kAvx2 && processorLevel() >= kAvx2) return runAvx2(layer);
#endif
  throw std::invalid_argument("no kernels for this processor");
}

}  // namespace
}  // namespace flexor

NAPI_MODULE_INIT() {
  using namespace flexor;
  exposeNumber(env, exports, "interfaceVersion", kInterface);
  exposeNumber(env, exports, "level", processorLevel());
  expose<weighted>(env, exports, "weighted");
  expose<maxPool>(env, exports, "maxPool");
  return exports;
}
