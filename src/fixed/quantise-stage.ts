/**
 * From a quantiser of the model to the numbers of the integer network: format and scale of the tensor behind it, and the
 * thresholds at which it steps, in the integers z of a layer. z counts `factor` of the model's units each, and the model's
 * integer is factor·z + base_c.
 */
import { exactOf, multiplyExact, numberOf } from '../base/exact.js';
import type { Exact } from '../base/exact.js';
import { exactAffine } from '../model/chain.js';
import { quantiserLimits, quantiserSteps } from '../model/quantiser.js';
import type { Quantiser } from '../model/types.js';
import type { Interval } from './shapes.js';
import { channelThresholds } from './thresholds.js';
import type { ChannelThresholds, SumStage } from './thresholds.js';
import type { IntFormat, IntTensor } from './types.js';

/** How a tensor's stored integers q relate to the integers of the model: factor·q + offset. */
export interface Encoding {
  readonly factor: number;
  readonly offset: number;
}

export const PLAIN: Encoding = { factor: 1, offset: 0 };
/** u = (a + 1)/2 for a = −1 or 1. */
export const ONE_BIT: Encoding = { factor: 2, offset: -1 };

/** Format, scale and stored limits of the tensor behind a quantiser. */
export interface QuantisedFormat extends Pick<IntTensor, 'format' | 'scale' | 'zero'> {
  readonly format: IntFormat;
  readonly low: number;
  readonly high: number;
  readonly encoding: Encoding;
}

export function quantisedFormat(quantiser: Quantiser, oneBit: boolean): QuantisedFormat {
  const { scale } = quantiser;
  if (quantiser.kind === 'uniform') {
    const { bits, signed } = quantiser;
    return { format: { bits, signed }, scale, ...quantiserLimits(quantiser), encoding: PLAIN };
  }
  if (!oneBit) return { format: { bits: 2, signed: true }, scale, low: -1, high: 1, encoding: PLAIN };
  return { format: { bits: 1, signed: false }, scale: 2 * scale, zero: 0.5, low: 0, high: 1, encoding: ONE_BIT };
}

/** What comes before a quantiser, in one layer. */
export interface StageInput {
  /** The model's units, one a channel. */
  readonly units: readonly Exact[];
  readonly stages: readonly SumStage[];
  readonly factor: number;
  /** One integer a channel. */
  readonly base: Float64Array;
  /** What z lies in, channel by channel. */
  readonly intervals: readonly Interval[];
}

/** Thresholds of every channel for the stored integers low + 1 to high. */
export function stageThresholds(
  quantiser: Quantiser,
  { low, high }: QuantisedFormat,
  { units, stages, factor, base, intervals }: StageInput,
): ChannelThresholds[] {
  const scale = exactOf(quantiser.scale);
  const steps = quantiserSteps(quantiser).map(({ at, inclusive }) => ({
    at: multiplyExact(exactOf(at), scale),
    inclusive,
  }));
  // A bipolar tensor that has room for a 0 steps over it.
  const repeat = (high - low) / steps.length;
  return units.map((unit, c) => {
    const { thresholds, falling } = channelThresholds(steps, stages, unit, c);
    const { low: least, high: most } = intervals[c]!;
    const stored = thresholds.map((t) => Math.min(most + 1, Math.max(least, Math.ceil((t - base[c]!) / factor))));
    return { thresholds: stored.flatMap((t) => new Array<number>(repeat).fill(t)), falling };
  });
}

/** About how many stored integers y rises a unit of z, for a first guess at multipliers. */
export function stageSlopes({ scale }: QuantisedFormat, { units, stages, factor }: StageInput): Float64Array {
  return Float64Array.from(units, (unit, c) =>
    stages.reduce(
      (slope, stage) =>
        stage.kind === 'clamp' || stage.kind === 'offset' ? slope : slope * numberOf(exactAffine(stage, c).gain),
      (numberOf(unit) * factor) / scale,
    ),
  );
}
