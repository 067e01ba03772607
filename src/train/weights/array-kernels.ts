/** What a step does in plain arrays, outside tensors: decryption, its gradient, decoding, Adam. In JavaScript, unless an engine has better. */
import { decode, type Trellis } from '../../xor/trellis.js';
import { adamStep, type AdamState } from './adam.js';
import { backward, forward, type FlexorOp, type GradientRule } from './flexor-op.js';

export interface ArrayKernels {
  /** Encrypted weights → codes ±1 (eq. 2); writes all of `codes`. */
  decrypt(op: FlexorOp, x: Float32Array, codes: Float32Array): void;
  /** ∂L/∂x from ∂L/∂codes (`gradient`); writes all of `out`. */
  decryptGradient(
    op: FlexorOp,
    rule: GradientRule,
    sTanh: number,
    x: Float32Array,
    codes: Float32Array,
    gradient: Float32Array,
    out: Float32Array,
  ): void;
  /** The slices of codes ±1 in M⊕'s code that agree best with `scores` (trellis.ts); writes all of `codes`. */
  decode(trellis: Trellis, scores: Float32Array, codes: Float32Array): void;
  /** One update of Adam in place; `step` counts from 1. */
  adam(parameters: Float32Array, gradient: Float32Array, state: AdamState, rate: number, step: number): void;
}

export const PLAIN_KERNELS: ArrayKernels = { decrypt: forward, decryptGradient: backward, decode, adam: adamStep };
