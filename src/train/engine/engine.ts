/**
 * The seam between training and whatever multiplies matrices. Networks are written against `Engine` alone; an engine is a
 * tfjs backend plus the differentiable operations that networks use. Tensors are NHWC float32, filters [k_h, k_w, C_in,
 * C_out]; padding is zeros.
 */
import type * as tfjs from '@tensorflow/tfjs';
import type { ConvWindow, Sliding } from '../../graph/types.js';
import type { Quantiser } from '../../model/types.js';
import type { ArrayKernels } from '../weights/array-kernels.js';

export type Tfjs = typeof tfjs;
export type Tensor = tfjs.Tensor;
export type Tensor1D = tfjs.Tensor1D;
export type Tensor2D = tfjs.Tensor2D;
export type Tensor4D = tfjs.Tensor4D;

/** Fastest first: the order in which they are tried where none is asked for. */
export const ENGINE_NAMES = ['native', 'node', 'wasm', 'cpu'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Numbers that convolutions multiply: float32, or bfloat16 (8 bits of precision), whose products are summed in float32. */
export const PRECISIONS = ['float32', 'bfloat16'] as const;
export type Precision = (typeof PRECISIONS)[number];

export interface EngineOptions {
  /** Threads of the native engine; null: one for each core. The others decide themselves. */
  readonly threads: number | null;
  /** Of the native engine, float32 where it is not said; the others have float32. */
  readonly precision?: Precision;
}

export interface BatchNormSpec {
  /** Added to the variance. */
  readonly epsilon: number;
  /** With a ReLU behind the normalisation and the residual. */
  readonly relu: boolean;
}

export interface BatchNormResult {
  readonly y: Tensor;
  /** Moments of the batch per channel [C], the variance biased; no gradient flows through these two. */
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

export interface Engine {
  readonly name: EngineName;
  /** All of the engine that decides the bits of a run: its name, and threads and precision where they matter. */
  readonly identity: string;
  readonly tf: Tfjs;
  /**
   * Differentiable convolution (correlation, as everywhere in deep learning). No gradient flows to a constant input (the
   * images), which saves computing it. A filter for G groups is [k_h, k_w, C_in/G, C_out].
   */
  conv2d(x: Tensor4D, filter: Tensor4D, spec: ConvWindow, constantInput?: boolean): Tensor4D;
  /** Differentiable matrix product [B, V] × [V, C]. */
  dense(x: Tensor2D, weights: Tensor2D): Tensor2D;
  /** Differentiable max pooling. */
  maxPool(x: Tensor4D, spec: Sliding): Tensor4D;
  /** Differentiable mean over each window; padded elements are zeros that count. */
  avgPool(x: Tensor4D, spec: Sliding): Tensor4D;
  /** Differentiable option-A shortcut: every stride-th pixel, zero channels before and after. */
  subsample(
    x: Tensor4D,
    stride: readonly [vertical: number, horizontal: number],
    channelPadding: readonly [before: number, after: number],
  ): Tensor4D;
  /** Differentiable product of x [.., C] with a factor [C] per channel. */
  scale(x: Tensor, factor: Tensor1D): Tensor;
  /** Differentiable sum of x [.., C] and a bias [C] per channel. */
  addBias(x: Tensor, bias: Tensor1D): Tensor;
  /**
   * Differentiable batch normalisation in training: γ·(x − mean)/√(variance + ε) + β over all dimensions of x [.., C] but the
   * last, plus a residual of x's shape, then a ReLU where asked for.
   */
  batchNorm(x: Tensor, gamma: Tensor1D, beta: Tensor1D, residual: Tensor | null, spec: BatchNormSpec): BatchNormResult;
  /**
   * Rounds to the values of a quantiser, as the float network does. The gradient passes straight through where x lies within
   * the quantiser's values and half a step around them (of a bipolar one: from −scale to scale), and is 0 elsewhere.
   */
  quantise(x: Tensor, quantiser: Quantiser): Tensor;
  /**
   * step · clamp(round(x / step), low, high), ties to even, with a step [1] that is learnt too (Esser et al., Learned Step
   * Size Quantization, eq. 1 to 3): the gradient of x is 1 from low to high steps and 0 elsewhere; that of the step is
   * Σ dy · (round(x / step) − x / step), or low or high outside, times 1/√(high · elements of an image). Steps lie above 0.
   */
  quantiseLearned(x: Tensor, step: Tensor1D, limits: { readonly low: number; readonly high: number }): Tensor;
  /** Differentiable clamp to limits, null for none; gradient 0 outside. */
  clamp(x: Tensor, low: number | null, high: number | null): Tensor;
  /** Differentiable max(x, 0), with gradient 0 at 0. */
  relu(x: Tensor): Tensor;
  /**
   * Differentiable mean softmax cross-entropy, a scalar, of logits [B, classes] against the probabilities of the classes
   * [B·classes]; those of an image sum to 1.
   */
  crossEntropy(logits: Tensor2D, targets: Float32Array): Tensor;
  /** The tensor's values, without a copy where the backend allows it: valid until the next operation. */
  read(x: Tensor): Float32Array;
  readonly arrays: ArrayKernels;
}
