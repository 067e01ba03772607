/**
 * Nodes of a model in the making. Operators that follow a layer are taken into it as long as it has room for them in its
 * order: bias → batch norm → ReLU → quantiser; what does not fit begins an activation node.
 */
import type { BatchNorm, LayerWeights, ModelNode, Quantiser } from '../../model/types.js';
import type { ConvWindow, Shape } from '../../graph/types.js';

/** An affine map in the slots of a batch norm: ((x − mean)·gamma/√(variance + ε)) + beta; filled from left to right. */
export interface AffineSlots {
  mean: Float32Array | null;
  root: { readonly variance: Float32Array; readonly epsilon: number } | null;
  gamma: Float32Array | null;
  beta: Float32Array | null;
}

export interface Draft {
  readonly kind: 'conv' | 'dense' | 'add' | 'activation' | 'other';
  readonly name: string;
  readonly shape: Shape;
  /** Everything of the node but its chain. */
  readonly make: (chain: Chain) => ModelNode;
  bias: Float32Array | null;
  affine: AffineSlots;
  clamp: [low: number | null, high: number | null];
  quantiser: Quantiser | null;
  /** Name of the graph's tensor that the node gives, so far. */
  tensor: string;
}

/** What `make` puts into a node. */
export interface Chain {
  readonly bias: Float32Array | null;
  readonly batchNorm: BatchNorm | null;
  readonly clamp: readonly [number | null, number | null];
  readonly quantiser: Quantiser | null;
  readonly range: { readonly min: number; readonly max: number };
}

export function emptyAffine(): AffineSlots {
  return { mean: null, root: null, gamma: null, beta: null };
}

export function hasAffine({ affine }: Draft): boolean {
  return Object.values(affine).some((slot) => slot !== null);
}

/** True while nothing stands behind the affine part. */
export function isOpen(draft: Draft): boolean {
  return draft.quantiser === null && draft.clamp.every((limit) => limit === null) && draft.kind !== 'other';
}

/** Adds a constant a channel; false where the node has no room for it. */
export function takeAdd(draft: Draft, values: Float32Array): boolean {
  if (!isOpen(draft)) return false;
  if ((draft.kind === 'conv' || draft.kind === 'dense') && draft.bias === null && !hasAffine(draft)) {
    draft.bias = values;
    return true;
  }
  if (draft.kind === 'add' || draft.affine.beta !== null) return false;
  if (hasAffine(draft)) draft.affine.beta = values;
  else draft.affine.mean = values.map((v) => -v);
  return true;
}

/** Multiplies by a constant a channel. */
export function takeMultiply(draft: Draft, values: Float32Array): boolean {
  const { affine } = draft;
  if (!isOpen(draft) || draft.kind === 'add' || affine.gamma !== null || affine.beta !== null) return false;
  affine.gamma = values;
  return true;
}

/** Divides by one constant: √(0 + d²) is d exactly, since the square of a float32 is a double. */
export function takeDivide(draft: Draft, divisor: number, channels: number): boolean {
  const { affine } = draft;
  if (!isOpen(draft) || draft.kind === 'add' || affine.root !== null) return false;
  if (affine.gamma !== null || affine.beta !== null) return false;
  affine.root = { variance: new Float32Array(channels), epsilon: divisor * divisor };
  if (divisor < 0) affine.gamma = new Float32Array(channels).fill(-1);
  return true;
}

export function takeBatchNorm(draft: Draft, { mean, variance, gamma, beta, epsilon }: BatchNorm): boolean {
  if (!isOpen(draft) || draft.kind === 'add' || hasAffine(draft)) return false;
  draft.affine = { mean, root: { variance, epsilon }, gamma, beta };
  return true;
}

/** ReLU is what layers with weights and additions have; other limits need an activation node. */
export function takeClamp(draft: Draft, low: number | null, high: number | null): boolean {
  if (!isOpen(draft) || (draft.kind !== 'activation' && (low !== 0 || high !== null))) return false;
  draft.clamp = [low, high];
  return true;
}

export function takeQuantiser(draft: Draft, quantiser: Quantiser): boolean {
  if (draft.quantiser !== null || draft.kind === 'other') return false;
  draft.quantiser = quantiser;
  return true;
}

/** The slots as a batch norm; null where all are empty. */
export function batchNormOf({ affine, shape }: Draft): BatchNorm | null {
  const { mean, root, gamma, beta } = affine;
  if (mean === null && root === null && gamma === null && beta === null) return null;
  const fill = (value: number): Float32Array => new Float32Array(shape.channels).fill(value);
  return {
    gamma: gamma ?? fill(1),
    beta: beta ?? fill(0),
    mean: mean ?? fill(0),
    variance: root?.variance ?? fill(1),
    epsilon: root?.epsilon ?? 0,
  };
}

export interface WeightedParts {
  readonly input: string;
  readonly outChannels: number;
  readonly weights: LayerWeights;
}

/** `make` of a layer with weights. */
export function weightedMaker(
  name: string,
  { input, outChannels, weights }: WeightedParts,
  window: ConvWindow | null,
): Draft['make'] {
  return ({ bias, batchNorm, clamp, quantiser, range }) => {
    const relu = clamp[0] === 0;
    const common = { name, input, outChannels, weights, bias, batchNorm, relu, ...quantiserField(quantiser), range };
    return window === null ? { kind: 'dense', ...common } : { kind: 'conv', ...common, ...window };
  };
}

export function quantiserField(quantiser: Quantiser | null): { quantiser?: Quantiser } {
  return quantiser === null ? {} : { quantiser };
}
