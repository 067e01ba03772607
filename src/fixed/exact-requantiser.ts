/**
 * A multiplier, an addend and a shift that give the same integers as thresholds, for every z that a layer can have:
 * y = clamp((m_c·z + β_c + 2^(sh−1)) >> sh, low, high). Steps of a linear chain are evenly spaced up to rounding, so enough
 * bits of m always do; the fewest that do are taken. One step needs none: y = clamp(z − T + 1, 0, 1).
 *
 * With Y_y the smallest z that gives y or more, the form is right where m·Y_y + β ≥ y·2^sh and m·(Y_y − 1) + β < y·2^sh for
 * every y; both sides are linear in β, so β is free within an interval, or m is wrong. Where integers r of another tensor are
 * added, the same must hold of m·z + m_r·r + β for every r.
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

/** What is added to every sum: integers r of another tensor. */
export interface ExactResidual {
  /** Slope of y in r, about. */
  readonly slope: number;
  /** For every r that can occur the thresholds of the channels. */
  readonly rows: readonly { readonly r: number; readonly channels: readonly ChannelThresholds[] }[];
}

/** The form of the layer with the smallest shift; null where there is none. */
export function exactRequantiser(layer: ExactLayer): Requantiser | null {
  return withLimits(layer, [{ r: 0, channels: layer.channels }], (limited) => {
    for (let shift = 0; shift <= MAX_SHIFT; shift++) {
      const found = atShift(limited, shift, 0);
      if (found !== null) return found;
    }
    return null;
  });
}

/** The same with m_r·r in the sum, one m_r for all channels. */
export function exactSum(
  layer: Omit<ExactLayer, 'channels'>,
  { slope, rows }: ExactResidual,
): { readonly requantiser: Requantiser; readonly residualMultiplier: number } | null {
  return withLimits(layer, rows, (limited) => {
    for (let shift = 0; shift <= MAX_SHIFT; shift++) {
      for (const residualMultiplier of near(slope * 2 ** shift)) {
        const requantiser = residualMultiplier <= MAX_MULTIPLIER && atShift(limited, shift, residualMultiplier);
        if (requantiser) return { requantiser, residualMultiplier };
      }
    }
    return null;
  });
}

/** A layer whose outputs lie in an interval, with the steps in it. */
type LimitedLayer = Omit<ExactLayer, 'channels'> & { readonly channels: readonly ChannelSteps[] };

/** The limits of the quantiser; where those give no form, the outputs that occur, as a clamp in front of it leaves them. */
function withLimits<T>(
  layer: Omit<ExactLayer, 'channels'>,
  rows: ExactResidual['rows'],
  find: (layer: LimitedLayer) => T | null,
): T | null {
  const channels = channelSteps(layer, rows);
  const found = find({ ...layer, channels });
  if (found !== null) return found;
  let [low, high] = [layer.high, layer.low];
  for (const { steps, interval } of channels) {
    for (const { y, from } of steps) {
      if (from <= interval.high) high = Math.max(high, y);
      if (from > interval.low) low = Math.min(low, y - 1);
    }
  }
  if (low === layer.low && high === layer.high) return null;
  const inside = channels.map((channel) => ({
    ...channel,
    steps: channel.steps.filter(({ y }) => y > low && y <= high),
  }));
  return find({ ...layer, low, high, channels: inside });
}

function atShift(layer: LimitedLayer, shift: number, residualMultiplier: number): Requantiser | null {
  const { channels } = layer;
  const multipliers = new Int32Array(channels.length);
  const beta = new Float64Array(channels.length);
  for (const [c, channel] of channels.entries()) {
    const form = channelForm(channel, Math.abs(layer.slopes[c]!), shift, residualMultiplier);
    if (form === null) return null;
    multipliers[c] = channel.falling ? -form.multiplier : form.multiplier;
    beta[c] = form.beta - (shift === 0 ? 0 : 2 ** (shift - 1));
  }
  const largest = multipliers.reduce((most, m) => Math.max(most, m < 0 ? -m - 1 : m), 1);
  return {
    joined: layer.joined,
    quantised: 'exact',
    multipliers: [multipliers],
    multiplierBits: Math.floor(Math.log2(largest)) + 2,
    beta,
    output: { shift, low: layer.low, high: layer.high },
  };
}

interface Form {
  readonly multiplier: number;
  readonly beta: number;
}

/** The step to an integer y where r is added: from this z on, in a channel that rises. */
interface ZStep {
  readonly y: number;
  readonly from: number;
  readonly r: number;
}

/** The steps of a channel; one that falls is one that rises in −z: low + #{k : z < T_k} = low + #{k : −z ≥ 1 − T_k}. */
interface ChannelSteps {
  readonly falling: boolean;
  readonly interval: Interval;
  readonly steps: readonly ZStep[];
  /** Nothing is added, so that all steps belong to one function of z. */
  readonly alone: boolean;
}

function channelSteps({ intervals, low }: Omit<ExactLayer, 'channels'>, rows: ExactResidual['rows']): ChannelSteps[] {
  return intervals.map((interval, c) => {
    const falling = rows.some(({ channels }) => channels[c]!.falling);
    const steps = rows.flatMap(({ r, channels }) =>
      risingSteps(channels[c]!, falling, interval).map((from, k) => ({ y: low + k + 1, from, r })),
    );
    const negated = { low: -interval.high, high: -interval.low };
    return { falling, interval: falling ? negated : interval, steps, alone: rows.length === 1 };
  });
}

function risingSteps(row: ChannelThresholds, falling: boolean, { low }: Interval): readonly number[] {
  if (!falling) return row.thresholds;
  if (row.falling) return row.thresholds.map((t) => 1 - t).reverse();
  // Whatever z is, every step is taken or not.
  return row.thresholds.map((t) => (t <= low ? -Infinity : Infinity));
}

function channelForm(channel: ChannelSteps, slope: number, shift: number, residualMultiplier: number): Form | null {
  for (const multiplier of candidates(slope * 2 ** shift, channel, shift)) {
    const beta = betaOf(channel, multiplier, shift, residualMultiplier);
    if (beta !== null && multiplier <= MAX_MULTIPLIER && withinDoubles(beta, multiplier, channel, residualMultiplier)) {
      return { multiplier, beta };
    }
  }
  return null;
}

function near(slope: number): number[] {
  return [Math.round(slope), Math.floor(slope), Math.ceil(slope)].filter((m) => m > 0);
}

/** Multipliers worth trying: the slope, and where all steps are taken at one z any that jumps over all of them at once. */
function candidates(slope: number, { steps, interval, alone }: ChannelSteps, shift: number): number[] {
  const taken = steps.filter(({ from }) => from > interval.low && from <= interval.high);
  if (taken.length === 0) return [0];
  if (!alone) return near(slope);
  const single = taken.every(({ from }) => from === taken[0]!.from);
  if (single) return [((taken.length - 1) * 2 + 1) * 2 ** shift, ...near(slope)];
  // Halves that go to the even integer move steps: what lies between the first and the last one says how far.
  const [first, last] = [taken[0]!, taken.at(-1)!];
  const measured = Math.round(((last.y - first.y) * 2 ** shift) / (last.from - first.from));
  return measured > 0 && !near(slope).includes(measured) ? [...near(slope), measured] : near(slope);
}

/** An addend that is right for every step, the middle one of all that are; null where none is. */
function betaOf(
  { steps, interval: { low, high } }: ChannelSteps,
  m: number,
  shift: number,
  residualMultiplier: number,
): number | null {
  let least = -Infinity;
  let most = Infinity;
  for (const { y, from, r } of steps) {
    const level = y * 2 ** shift - residualMultiplier * r;
    if (from <= low) least = Math.max(least, level - m * low);
    else if (from > high) most = Math.min(most, level - 1 - m * high);
    else {
      least = Math.max(least, level - m * from);
      most = Math.min(most, level - 1 - m * (from - 1));
    }
    if (least > most) return null;
  }
  if (least === -Infinity) return most;
  if (most === Infinity) return least;
  return Math.floor((least + most) / 2);
}

function withinDoubles(
  beta: number,
  m: number,
  { interval: { low, high }, steps }: ChannelSteps,
  residualMultiplier: number,
): boolean {
  const added = residualMultiplier * steps.reduce((most, { r }) => Math.max(most, Math.abs(r)), 0);
  return Math.abs(beta) + m * Math.max(Math.abs(low), Math.abs(high)) + added < EXACT_LIMIT / 4;
}
