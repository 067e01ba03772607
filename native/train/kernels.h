// Every function that JavaScript sees, by the file that holds it. Tensors are float32, NHWC; filters [k_h, k_w, C_in,
// C_out]. Arguments stand above each definition.
#pragma once

#include "../args.h"

namespace flexor {

// convolution.cpp
void setOperandBits(const Args&);
void conv2d(const Args&);
void conv2dInputGradient(const Args&);
void conv2dFilterGradient(const Args&);
// product.cpp
void matMul(const Args&);
// pool.cpp
void maxPool(const Args&);
void maxPoolGradient(const Args&);
void averagePool(const Args&);
void averagePoolGradient(const Args&);
// shortcut.cpp
void subsample(const Args&);
void subsampleGradient(const Args&);
// channels.cpp
void scale(const Args&);
void scaleGradient(const Args&);
void addBias(const Args&);
void sumRows(const Args&);
// batch_norm.cpp
void batchNorm(const Args&);
void batchNormGradient(const Args&);
// elements.cpp
void add(const Args&);
void relu(const Args&);
void reluGradient(const Args&);
// quantiser.cpp
void quantiseLearned(const Args&);
void quantiseLearnedGradient(const Args&);
// flexor_op.cpp, flexor_gradient.cpp
void flexorForward(const Args&);
void flexorBackward(const Args&);
// trellis.cpp
void decodeSlices(const Args&);
// optimiser.cpp
void adam(const Args&);

}  // namespace flexor
