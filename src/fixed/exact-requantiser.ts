/**
 * A multiplier, an addend and a shift that give the same integers as thresholds, for every z that a layer can have:
 * y = clamp((m_c·z + β_c + 2^(sh−1)) >> sh, low, high). Steps of a linear chain are evenly spaced up to rounding, so enough
 * bits of m always do; the fewest that do are taken. One step needs none: y = clamp(z − T + 1, 0, 1).
 *
 * With Y_y the smallest z that gives y or more, the form is right where m·Y_y + β ≥ y·2^sh and m·(Y_y − 1) + β < y·2^sh for
 * every y; both sides are linear in β, so β is free within an interval, or m is wrong.
 */
import type { Interval } from './shapes.js';
import type { ChannelThresholds } from './thresholds.js';
import type { Requantiser } from './types.js';
import { EXACT_LIMIT } from './widths.js';

/** Largest shift that is tried: multipliers have at most 32 bits. */
const MAX_SHIFT = 40;
const MAX_MULTIPLIER = 2 ** 31 - 1;

export interface ExactLayer {
  /** Of every channel, for y from `low` + 1 to `high`. */
  readonly channels: readonly ChannelThresholds[];
  /** What z of each channel lies in. */
  readonly intervals: readonly Interval[];
  /** Slope of y in z of each channel, about. */
  readonly slopes: Float64Array;
  readonly low: number;
  readonly high: number;
  /** Whether the layer's planes are joined. */
  readonly joined: boolean;
}

/** The form of the layer with the smallest shift; null where there is none. */
export function exactRequantiser(layer: ExactLayer): Requantiser | null {
  for (let shift = 0; shift <= MAX_SHIFT; shift++) {
    const found = atShift(layer, shift);
    if (found !== null) return found;
  }
  return null;
}

function atShift(layer: ExactLayer, shift: number): Requantiser | null {
  const { channels, low, high } = layer;
  const multipliers = new Int32Array(channels.length);
  const beta = new Float64Array(channels.length);
  for (let c = 0; c < channels.length; c++) {
    const form = channelForm(layer, c, shift);
    if (form === null) return null;
    multipliers[c] = form.multiplier;
    beta[c] = form.beta - (shift === 0 ? 0 : 2 ** (shift - 1));
  }
  const largest = multipliers.reduce((most, m) => Math.max(most, m < 0 ? -m - 1 : m), 1);
  return {
    joined: layer.joined,
    quantised: true,
    multipliers: [multipliers],
    multiplierBits: Math.floor(Math.log2(largest)) + 2,
    beta,
    output: { shift, low, high },
  };
}

interface Form {
  readonly multiplier: number;
  readonly beta: number;
}

/** The step to an integer y: from this z on, in a channel that rises. */
interface ZStep {
  readonly y: number;
  readonly from: number;
}

function channelForm(layer: ExactLayer, c: number, shift: number): Form | null {
  const { falling, thresholds } = layer.channels[c]!;
  const { low, high } = layer.intervals[c]!;
  // A channel that falls is one that rises in −z: low + #{k : z < T_k} = low + #{k : −z ≥ 1 − T_k}.
  const interval = falling ? { low: -high, high: -low } : { low, high };
  const rising = falling ? thresholds.map((t) => 1 - t).reverse() : thresholds;
  const steps = rising.map((from, k) => ({ y: layer.low + k + 1, from }));
  const slope = Math.abs(layer.slopes[c]!) * 2 ** shift;
  for (const multiplier of candidates(slope, steps, interval, shift)) {
    const beta = betaOf(steps, interval, multiplier, shift);
    if (beta !== null && multiplier <= MAX_MULTIPLIER && withinDoubles(beta, multiplier, interval)) {
      return { multiplier: falling ? -multiplier : multiplier, beta };
    }
  }
  return null;
}

/** Multipliers worth trying: the slope, and where all steps are taken at one z any that jumps over all of them at once. */
function candidates(slope: number, steps: readonly ZStep[], interval: Interval, shift: number): number[] {
  const taken = steps.filter(({ from }) => from > interval.low && from <= interval.high);
  if (taken.length === 0) return [0];
  const near = [Math.round(slope), Math.floor(slope), Math.ceil(slope)].filter((m) => m > 0);
  const single = taken.every(({ from }) => from === taken[0]!.from);
  if (single) return [((taken.length - 1) * 2 + 1) * 2 ** shift, ...near];
  // Halves that go to the even integer move steps: what lies between the first and the last one says how far.
  const [first, last] = [taken[0]!, taken.at(-1)!];
  const measured = Math.round(((last.y - first.y) * 2 ** shift) / (last.from - first.from));
  return measured > 0 && !near.includes(measured) ? [...near, measured] : near;
}

/** An addend that is right for every step, the middle one of all that are; null where none is. */
function betaOf(steps: readonly ZStep[], { low, high }: Interval, m: number, shift: number): number | null {
  let least = -Infinity;
  let most = Infinity;
  for (const { y, from } of steps) {
    const level = y * 2 ** shift;
    if (from <= low) least = Math.max(least, level - m * low);
    else if (from > high) most = Math.min(most, level - 1 - m * high);
    else {
      least = Math.max(least, level - m * from);
      most = Math.min(most, level - 1 - m * (from - 1));
    }
  }
  if (least > most) return null;
  if (least === -Infinity) return most;
  if (most === Infinity) return least;
  return Math.floor((least + most) / 2);
}

function withinDoubles(beta: number, m: number, { low, high }: Interval): boolean {
  return Math.abs(beta) + m * Math.max(Math.abs(low), Math.abs(high)) < EXACT_LIMIT / 4;
}
