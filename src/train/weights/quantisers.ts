/**
 * Rules that turn latent full-precision weights into those that a layer uses: the baselines that the paper compares with, and
 * FleXOR by the nearest codes. Latent weights are [V, C_out] (index v·C_out + c). Here each rule's parts are put together;
 * the rules themselves are in
 *
 *   nearest-rule.ts     flexor-nearest: the codes that M⊕ can give
 *   scale-rules.ts      bwn, binary-relax, twn, ttq: one or two scales
 *   plane-rules.ts      lq-net, abc-net: sums of q binary planes
 *   interval-rules.ts   dsq, qil: q bits in a learnt interval
 */
import type { ArrayKernels } from './array-kernels.js';
import { dsqPlanes, dsqPoint, gradientBy, initialDsq, initialQil, qilPoint, quantiseBy } from './interval-rules.js';
import { nearest, type PlaneCode } from './nearest-rule.js';
import { abcGradient, abcPlanes, lqPlanes, sumOfPlanes, type CodesOfRule } from './plane-rules.js';
import {
  binary,
  initialTtqScale,
  relaxed,
  signPlane,
  ternary,
  ternaryPlanes,
  twoScales,
  twoScalesGradient,
} from './scale-rules.js';

export const WEIGHT_KINDS = [
  'flexor',
  'flexor-nearest',
  'full',
  'bwn',
  'binary-relax',
  'twn',
  'ttq',
  'lq-net',
  'abc-net',
  'dsq',
  'qil',
] as const;
/** Those that have an M⊕. */
export const KINDS_WITH_XOR: readonly WeightKind[] = ['flexor', 'flexor-nearest'];
/** Those of `planes` bits or planes; the others have one number of bits. */
export const KINDS_WITH_PLANES: readonly WeightKind[] = [...KINDS_WITH_XOR, 'lq-net', 'abc-net', 'dsq', 'qil'];
/** What the weights of the layer groups are; layers outside a group are at full precision anyway. */
export type WeightKind = (typeof WEIGHT_KINDS)[number];
export type LatentKind = Exclude<WeightKind, 'flexor'>;

interface Learnt {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

/** Latent weights of a layer and what its rule makes of them. */
export interface LatentWeights<Array extends Learnt = Learnt> {
  readonly kind: 'latent';
  readonly rule: LatentKind;
  /** C_out. */
  readonly channels: number;
  /** q: binary planes of lq-net and abc-net, bits of dsq and qil. */
  readonly planes: number;
  /** M⊕ of each plane of flexor-nearest; none elsewhere. */
  readonly code: readonly PlaneCode[];
  readonly latent: Array;
  /** Numbers that are learnt, one element each: W_p and W_n of ttq, u and α of dsq, c, d and γ of qil. */
  readonly scales: readonly Array[];
  /** What the layer uses, written by `quantise`; `latent.values` itself at full precision. */
  readonly used: Float32Array;
}

/** Writes `used`; `progress` is the fraction of the run that is done, 1 in evaluation. */
export function quantise(kernels: Pick<ArrayKernels, 'decode'>, weights: LatentWeights, progress: number): void {
  const { rule, channels, planes, code, latent, scales, used } = weights;
  const w = latent.values;
  switch (rule) {
    case 'full':
      return;
    case 'flexor-nearest':
      return nearest(kernels, w, channels, code, used);
    case 'bwn':
      return binary(w, channels, used);
    case 'binary-relax':
      return relaxed(w, channels, progress, used);
    case 'twn':
      return ternary(w, channels, used);
    case 'ttq':
      return twoScales(w, scales, used);
    case 'lq-net':
      return sumOfPlanes(lqPlanes(w, channels, planes), channels, used);
    case 'abc-net':
      return sumOfPlanes(abcPlanes(w, channels, planes), channels, used);
    case 'dsq':
      return quantiseBy(dsqPoint, w, scales, planes, used);
    case 'qil':
      return quantiseBy(qilPoint, w, scales, planes, used);
  }
}

/** Takes ∂L/∂used to the gradients of the latent weights and of the scales. */
export function latentGradient(weights: LatentWeights, dUsed: Float32Array): void {
  const { rule, channels, planes, latent, scales } = weights;
  switch (rule) {
    case 'ttq':
      return twoScalesGradient(latent, scales, dUsed);
    case 'dsq':
      return gradientBy(dsqPoint, latent, scales, planes, dUsed);
    case 'qil':
      return gradientBy(qilPoint, latent, scales, planes, dUsed);
    case 'abc-net':
      return abcGradient(latent, channels, planes, dUsed);
    default:
      latent.gradient.set(dUsed);
  }
}

/** Names and first values of the numbers that a rule learns for a layer, with a batch norm or without, beside its weights. */
export function initialScales(
  rule: LatentKind,
  w: Float32Array,
  planes: number,
  batchNorm: boolean,
): readonly (readonly [string, number])[] {
  const named = (names: readonly string[], values: readonly number[]): (readonly [string, number])[] =>
    names.map((name, i) => [name, values[i]!]);
  switch (rule) {
    case 'ttq': {
      const scale = initialTtqScale(w, batchNorm);
      return named(['positive', 'negative'], [scale, scale]);
    }
    case 'dsq':
      return named(['width', 'softness'], initialDsq(w, planes));
    case 'qil':
      return named(['centre', 'distance', 'gamma'], initialQil(w));
    default:
      return [];
  }
}

/** The planes of plain codes that `used` is the sum of; null where it has M⊕, or the rule's weights are no such sum, or not for these bits. */
export function codesOfRule({ rule, channels, planes, latent, used, scales }: LatentWeights): CodesOfRule[] | null {
  switch (rule) {
    case 'full':
    case 'flexor-nearest':
    case 'ttq':
      return null;
    case 'lq-net':
      return lqPlanes(latent.values, channels, planes);
    case 'abc-net':
      return abcPlanes(latent.values, channels, planes);
    case 'bwn':
    case 'binary-relax':
      return [signPlane(used, channels)];
    case 'twn':
      return ternaryPlanes(used, channels);
    case 'qil':
      return planes === 2 ? ternaryPlanes(used, channels) : null;
    case 'dsq':
      return dsqPlanes(latent.values, channels, planes, scales);
  }
}
