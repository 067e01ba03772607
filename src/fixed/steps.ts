/**
 * The steps of a requantiser: what it gives as a count of thresholds that its accumulator has reached, equal for every value
 * that the accumulator can have. y = clamp((m·x + β + r) >> sh, low, high) with r = 2^(sh−1) reaches v where
 * m·x ≥ v·2^sh − β − r: from an integer x on where m is positive, up to one where it is negative. All of it is in integers.
 */
import type { Interval } from './shapes.js';
import type { IntWeightedNode } from './types.js';
import { layerIntervals, roundingTerm } from './widths.js';

/** y_c = low + #{k : x ≥ T_{c,k}}, or high − #{k : x ≥ T_{c,k}} in a channel that falls. */
interface Thresholds {
  /** [C][high − low], rising in every channel; one below every x counts always, one above every x never. */
  readonly values: readonly Float64Array[];
  /** 1 for a channel that falls. */
  readonly falling: Uint8Array;
  readonly low: number;
  readonly high: number;
}

/** Thresholds on what a multiplier takes, and what that lies in, for all channels together. */
export interface Steps extends Thresholds {
  readonly interval: Interval;
}

/** Null where y does not follow from one number: an addition, several multipliers, logits. */
export function requantiserSteps(node: IntWeightedNode): Steps | null {
  const { requantiser, inputTensor, outChannels } = node;
  const { output, multipliers, beta } = requantiser;
  if (output === null || node.residual !== null || multipliers.length > 1) return null;
  const interval = layerIntervals({ ...node, inputFormat: inputTensor.format }).multiplicand;
  const { low, high, shift } = output;
  const falling = new Uint8Array(outChannels);
  const values = Array.from({ length: outChannels }, (_, c) => {
    const m = BigInt(multipliers[0]![c]!);
    const start = BigInt(beta[c]! + roundingTerm(requantiser));
    falling[c] = m < 0n ? 1 : 0;
    const row = Float64Array.from({ length: high - low }, (_, k) => {
      const needed = (BigInt(low + k + 1) << BigInt(shift)) - start;
      return clip(stepOf(m, needed), interval);
    });
    return m < 0n ? row.reverse() : row;
  });
  return { values, falling, low, high, interval };
}

/** The first x with m·x ≥ needed; for a negative m the first one without. */
function stepOf(m: bigint, needed: bigint): bigint | 'always' | 'never' {
  if (m === 0n) return needed <= 0n ? 'always' : 'never';
  return m > 0n ? ceilDivide(needed, m) : ceilDivide(1n - needed, -m);
}

/** ⌈a/b⌉ for b > 0. */
export function ceilDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a > 0n && quotient * b !== a ? quotient + 1n : quotient;
}

/** The same for every x of the interval: a threshold below it counts always, one above it never. */
function clip(step: bigint | 'always' | 'never', { low, high }: Interval): number {
  if (step === 'always') return low;
  if (step === 'never') return high + 1;
  if (step > BigInt(high)) return high + 1;
  return step < BigInt(low) ? low : Number(step);
}
