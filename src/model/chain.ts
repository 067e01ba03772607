/**
 * What happens to a sum of products before it is quantised: bias, batch norms, ReLUs and clamps, element by element with one
 * set of numbers a channel. Here forwards, in doubles with a bound of their error, and exactly where a quantiser needs it;
 * lowering (src/fixed) computes the same backwards, from the steps of the quantiser to integers.
 */
import {
  addExact,
  compareExact,
  divideExact,
  exactOf,
  multiplyExact,
  numberOf,
  sqrtExact,
  subtractExact,
  ZERO,
} from '../base/exact.js';
import type { Exact } from '../base/exact.js';
import type { BatchNorm } from './types.js';

/** One operation on an element of channel c. */
export type ChainStage =
  | { readonly kind: 'bias'; readonly values: Float32Array }
  | { readonly kind: 'batchNorm'; readonly batchNorm: BatchNorm }
  /** min(high, max(low, x)); null for no limit. */
  | { readonly kind: 'clamp'; readonly low: number | null; readonly high: number | null };

/** x·gain + offset of a channel, exactly; √ to the precision of exact.ts. */
export interface ExactAffine {
  readonly gain: Exact;
  readonly offset: Exact;
}

type AffineStage = Exclude<ChainStage, { kind: 'clamp' }>;

const known = new WeakMap<AffineStage, ExactAffine[]>();

/** The affine map of a stage in channel c; long square roots are taken once. */
export function exactAffine(stage: AffineStage, c: number): ExactAffine {
  const maps = known.get(stage) ?? [];
  known.set(stage, maps);
  return (maps[c] ??= affineMap(stage, c));
}

function affineMap(stage: AffineStage, c: number): ExactAffine {
  if (stage.kind === 'bias') return { gain: exactOf(1), offset: exactOf(stage.values[c]!) };
  const { gamma, beta, mean, variance, epsilon } = stage.batchNorm;
  const root = sqrtExact(addExact(exactOf(variance[c]!), exactOf(epsilon)));
  const gain = divideExact(exactOf(gamma[c]!), root);
  return { gain, offset: subtractExact(exactOf(beta[c]!), multiplyExact(gain, exactOf(mean[c]!))) };
}

/** A run of affine stages as doubles, or a clamp. `magnitude` bounds what was added up in `offset`. */
interface CompiledAffine {
  readonly gain: Float64Array;
  readonly offset: Float64Array;
  readonly magnitude: Float64Array;
}

type Compiled = CompiledAffine | { readonly low: number; readonly high: number };

/** A value with a bound of its distance from the exact one. */
export interface Bounded {
  value: number;
  error: number;
}

const ROUNDING = 2 ** -48;

/** Stages compiled for many elements. */
export class Chain {
  private readonly compiled: readonly Compiled[];

  constructor(
    private readonly stages: readonly ChainStage[],
    channels: number,
  ) {
    this.compiled = stages.map((stage) => compile(stage, channels));
  }

  /** Applies the chain to a value of channel c, in place. */
  apply(x: Bounded, c: number): void {
    for (const stage of this.compiled) {
      if ('low' in stage) {
        x.value = Math.min(stage.high, Math.max(stage.low, x.value));
        continue;
      }
      const product = x.value * stage.gain[c]!;
      x.value = product + stage.offset[c]!;
      x.error = x.error * Math.abs(stage.gain[c]!) + ROUNDING * (Math.abs(product) + stage.magnitude[c]!);
    }
  }

  /** The exact value of the chain at an exact x of channel c. */
  exact(x: Exact, c: number): Exact {
    return this.stages.reduce((value, stage) => {
      if (stage.kind === 'clamp') return clampExact(value, stage.low, stage.high);
      const { gain, offset } = exactAffine(stage, c);
      return addExact(multiplyExact(value, gain), offset);
    }, x);
  }
}

function compile(stage: ChainStage, channels: number): Compiled {
  if (stage.kind === 'clamp') return { low: stage.low ?? -Infinity, high: stage.high ?? Infinity };
  if (stage.kind === 'bias') {
    const offset = Float64Array.from(stage.values);
    return { gain: new Float64Array(channels).fill(1), offset, magnitude: offset.map(Math.abs) };
  }
  const { gamma, beta, mean, variance, epsilon } = stage.batchNorm;
  const gain = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + epsilon));
  const offset = gain.map((g, c) => beta[c]! - mean[c]! * g);
  return { gain, offset, magnitude: gain.map((g, c) => Math.abs(beta[c]!) + Math.abs(mean[c]! * g)) };
}

function clampExact(x: Exact, low: number | null, high: number | null): Exact {
  if (high !== null && compareExact(x, exactOf(high)) > 0) return exactOf(high);
  return low !== null && compareExact(x, exactOf(low)) < 0 ? exactOf(low) : x;
}

/** Exact numbers that differ by less than the precision of a square root are taken as equal. */
export function differenceSign(a: Exact, b: Exact): number {
  const difference = subtractExact(a, b);
  if (difference.num === 0n) return 0;
  const size = Math.max(Math.abs(numberOf(a)), Math.abs(numberOf(b)), Number.MIN_VALUE);
  const relative = multiplyExact(difference, divideExact(exactOf(1), exactOf(size)));
  return Math.abs(numberOf(relative)) < 2 ** -300 ? 0 : compareExact(difference, ZERO);
}
