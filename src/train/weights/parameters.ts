/**
 * What training learns, in plain arrays that no engine owns: encrypted weights x and α of every plane, or latent
 * weights at full precision; biases; batch norms with the moving averages that evaluation uses. initial.ts has their
 * first values.
 */
import type { LayerWeights } from '../../model/types.js';
import type { XorMatrix } from '../../xor/types.js';
import type { ArrayKernels } from './array-kernels.js';
import type { FlexorOp } from './flexor-op.js';
import type { LayerSpec } from '../networks/network.js';
import type { Role } from './optimiser.js';
import { quantise, type LatentWeights } from './quantisers.js';

/** A learnt array with its gradient and optimiser state. */
export interface Parameter {
  /** Unique, e.g. `conv1.x0`. */
  readonly name: string;
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  /** What the optimiser remembers (optimiser.ts), each as long as `values`. */
  readonly moments: readonly Float32Array[];
  /** What weight decay may or may not act on. */
  readonly role: Role;
}

export interface PlaneParameters {
  readonly matrix: XorMatrix;
  readonly op: FlexorOp;
  /** Encrypted weights: slices × N_in. */
  readonly x: Parameter;
  /** One scale per output channel. */
  readonly alpha: Parameter;
  /** ±1, refreshed from `x` by `refreshWeights`. */
  readonly codes: Float32Array;
}

export type WeightParameters =
  { readonly kind: 'flexor'; readonly planes: readonly PlaneParameters[] } | LatentWeights<Parameter>;

/** Added to the variance in every batch norm. */
export const EPSILON = 1e-5;

export interface BatchNormParameters {
  readonly gamma: Parameter;
  readonly beta: Parameter;
  /** Moving averages of the batches' moments. */
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

export interface LayerParameters {
  readonly spec: LayerSpec;
  /** Shape of the weights as the engine wants them: [k_h, k_w, C_in/G, C_out] or [V, C_out]. */
  readonly shape: readonly number[];
  /** Null: a layer without weights, which learns the step of its quantiser. */
  readonly weights: WeightParameters | null;
  /** The weights of a layer that keeps those of the model that it comes from; null: they are learnt. */
  readonly kept: LayerWeights | null;
  readonly bias: Parameter | null;
  readonly batchNorm: BatchNormParameters | null;
  /** The step of a learnt quantiser [1]; 0 until the first images have been seen. */
  readonly step: Parameter | null;
}

/** Makes the weights that layers use from what is learnt: codes by decryption, others by their rule (quantisers.ts). */
export function refreshWeights(kernels: ArrayKernels, layers: Iterable<LayerParameters>, progress: number): void {
  for (const { weights } of layers) {
    if (weights?.kind === 'latent') quantise(kernels, weights, progress);
    else if (weights !== null) for (const { op, x, codes } of weights.planes) kernels.decrypt(op, x.values, codes);
  }
}

function learntWeights(weights: WeightParameters | null): Parameter[] {
  if (weights === null) return [];
  if (weights.kind === 'latent') return [weights.latent, ...weights.scales];
  return weights.planes.flatMap((plane) => [plane.x, plane.alpha]);
}

/** Every learnt array, in a fixed order. */
export function allParameters(layers: Iterable<LayerParameters>): Parameter[] {
  const all: Parameter[] = [];
  for (const { weights, kept, bias, batchNorm, step } of layers) {
    if (kept === null) all.push(...learntWeights(weights));
    if (bias !== null) all.push(bias);
    if (batchNorm !== null) all.push(batchNorm.gamma, batchNorm.beta);
    if (step !== null) all.push(step);
  }
  return all;
}

/** An array of a run's state under a name of its own. */
export interface NamedArray {
  readonly name: string;
  readonly values: Float32Array;
}

/** Everything that a run must keep to continue with the same bits. */
export function stateArrays(layers: Iterable<LayerParameters>): NamedArray[] {
  const list = [...layers];
  return [
    ...allParameters(list).flatMap(({ name, values, moments }) => [
      { name, values },
      ...moments.map((moment, i) => ({ name: `${name}.moment${i}`, values: moment })),
    ]),
    ...list.flatMap(({ spec, batchNorm }) =>
      batchNorm === null
        ? []
        : [
            { name: `${spec.name}.mean`, values: batchNorm.mean },
            { name: `${spec.name}.variance`, values: batchNorm.variance },
          ],
    ),
  ];
}
