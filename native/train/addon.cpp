// The module that Node.js loads: registers every kernel under its name, and the number of its interface.
#include <omp.h>

#include "../module.h"
#include "kernels.h"

namespace flexor {
namespace {

// Raised whenever a kernel's arguments change; src/train/engine/native-addon.ts asks for the same number.
constexpr int kInterface = 8;

// threads: how many the kernels use from now on.
void setThreads(const Args& args) { omp_set_num_threads(static_cast<int>(args.integer(0))); }

}  // namespace
}  // namespace flexor

NAPI_MODULE_INIT() {
  using namespace flexor;
  exposeNumber(env, exports, "interfaceVersion", kInterface);
  expose<setThreads>(env, exports, "setThreads");
  expose<setOperandBits>(env, exports, "setOperandBits");
  expose<conv2d>(env, exports, "conv2d");
  expose<conv2dInputGradient>(env, exports, "conv2dInputGradient");
  expose<conv2dFilterGradient>(env, exports, "conv2dFilterGradient");
  expose<matMul>(env, exports, "matMul");
  expose<maxPool>(env, exports, "maxPool");
  expose<maxPoolGradient>(env, exports, "maxPoolGradient");
  expose<averagePool>(env, exports, "averagePool");
  expose<averagePoolGradient>(env, exports, "averagePoolGradient");
  expose<subsample>(env, exports, "subsample");
  expose<subsampleGradient>(env, exports, "subsampleGradient");
  expose<scale>(env, exports, "scale");
  expose<scaleGradient>(env, exports, "scaleGradient");
  expose<addBias>(env, exports, "addBias");
  expose<sumRows>(env, exports, "sumRows");
  expose<batchNorm>(env, exports, "batchNorm");
  expose<batchNormGradient>(env, exports, "batchNormGradient");
  expose<add>(env, exports, "add");
  expose<relu>(env, exports, "relu");
  expose<reluGradient>(env, exports, "reluGradient");
  expose<quantiseLearned>(env, exports, "quantiseLearned");
  expose<quantiseLearnedGradient>(env, exports, "quantiseLearnedGradient");
  expose<flexorForward>(env, exports, "flexorForward");
  expose<flexorBackward>(env, exports, "flexorBackward");
  expose<decodeSlices>(env, exports, "decodeSlices");
  expose<adam>(env, exports, "adam");
  return exports;
}
