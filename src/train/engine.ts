/**
 * The seam between training and whatever multiplies matrices. Networks are written against `Engine` alone; an engine is a
 * tfjs backend plus the few differentiable operations whose gradients differ between backends. Tensors are NHWC float32,
 * filters [k_h, k_w, C_in, C_out].
 */
import type * as tfjs from '@tensorflow/tfjs';

export type Tfjs = typeof tfjs;
export type Tensor = tfjs.Tensor;
export type Tensor2D = tfjs.Tensor2D;
export type Tensor4D = tfjs.Tensor4D;

export const ENGINE_NAMES = ['wasm', 'cpu', 'node'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** How a window slides over its input; padding is [top, left, bottom, right] zeros. */
export interface WindowSpec {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly padding: readonly [top: number, left: number, bottom: number, right: number];
}

export interface Engine {
  readonly name: EngineName;
  readonly tf: Tfjs;
  /**
   * Differentiable convolution (correlation, as everywhere in deep learning). No gradient flows to a constant input (the
   * images), which saves computing it.
   */
  conv2d(x: Tensor4D, filter: Tensor4D, spec: WindowSpec, constantInput?: boolean): Tensor4D;
  /** Differentiable matrix product [B, V] × [V, C]. */
  dense(x: Tensor2D, weights: Tensor2D): Tensor2D;
  /** Differentiable max pooling. */
  maxPool(x: Tensor4D, spec: WindowSpec): Tensor4D;
  /** The tensor's values, without a copy where the backend allows it: valid until the next operation. */
  read(x: Tensor): Float32Array;
}
