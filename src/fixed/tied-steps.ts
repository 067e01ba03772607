/**
 * Steps that no multiplier gives, as two roundings one behind the other. Where the sums of a layer lie exactly halfway
 * between two outputs and halves go to the even one, the outputs take S + 1 and S − 1 sums in turn (S sums a step), and those
 * of one multiplier, one addend and one shift take nearly equally many. But a first such form can leave one of every 2·S sums
 * out, from the middle of the longer steps:
 *
 *   a = ⌊((2S − 1)·z + b)/(2S)⌋
 *
 * and of these integers a step takes S and S − 1 in turn, which a second form gives. Where 2S is no power of two, a multiplier
 * and a shift take the place of the division, close enough for the whole range of z. The second one is a layer of its own: a 1×1 depthwise convolution with weights of 1.
 */
import { bitsFor } from '../base/bits.js';
import { exactRequantiser } from './exact-requantiser.js';
import type { ExactLayer } from './exact-requantiser.js';
import type { Interval } from './shapes.js';
import { ceilDivide } from './steps.js';
import type { ChannelThresholds } from './thresholds.js';
import type { IntFormat, Requantiser } from './types.js';
import { MAX_ACTIVATION_BITS } from './verify.js';

/** Largest shift: multipliers have 32 bits. */
const MAX_SHIFT = 30;

export interface TwoStages {
  readonly first: Requantiser;
  /** What goes from the first to the second; unsigned. */
  readonly between: IntFormat;
  readonly second: Requantiser;
}

/** Both forms; null where they do not give these steps either. */
export function twoStages(layer: ExactLayer): TwoStages | null {
  const forms = layer.channels.map((channel, c) => firstForm(channel, layer.intervals[c]!));
  const between = bitsFor(0, Math.max(1, ...forms.map(({ last }) => last)));
  if (between.bits > MAX_ACTIVATION_BITS) return null;
  const limit = 2 ** between.bits - 1;
  const intervals = forms.map((form, c) => ({ low: 0, high: Math.min(limit, formAt(form, layer.intervals[c]!.high)) }));
  const channels: ChannelThresholds[] = [];
  for (const [c, { thresholds, falling }] of layer.channels.entries()) {
    const moved = thresholdsBehind(thresholds, forms[c]!, layer.intervals[c]!, intervals[c]!);
    if (moved === null) return null;
    channels.push({ thresholds: moved, falling });
  }
  const slopes = layer.slopes.map((slope, c) => (slope * forms[c]!.period) / forms[c]!.multiplier);
  const second = exactRequantiser({ ...layer, joined: false, channels, intervals, slopes });
  const first = second && firstRequantiser(forms, layer, limit);
  return first && { first, between, second };
}

/** a = max(0, ⌊(m·z + addend)/period⌋) of one channel. */
interface FirstForm {
  readonly period: number;
  readonly multiplier: number;
  readonly addend: number;
  /** The a of the last step. */
  readonly last: number;
}

/** All sums from that in front of the first step on; of two steps of S + 1 and S − 1 sums one sum is left out. */
function firstForm({ thresholds }: ChannelThresholds, { low, high }: Interval): FirstForm {
  const reached = thresholds.filter((t) => t > low && t <= high);
  const start = (reached[0] ?? low + 1) - 1;
  const end = reached.at(-1) ?? low;
  const plain: FirstForm = { period: 1, multiplier: 1, addend: -start, last: Math.max(1, end - start) };
  const sizes = reached.slice(1).map((t, k) => t - reached[k]!);
  const longest = Math.max(...sizes);
  const period = longest + Math.min(...sizes);
  if (longest !== period / 2 + 1) return plain;
  // a does not rise from z − 1 to z where z − 1 is the phase, modulo the period: in the middle of a longer step.
  const phase = reached[sizes.indexOf(longest)]! + Math.max(1, Math.floor(longest / 2)) - 1;
  const free = { period, multiplier: period - 1, addend: phase };
  const addend = phase - period * Math.floor((free.multiplier * start + phase) / period);
  return { ...free, addend, last: Math.max(1, formAt({ ...free, addend }, end)) };
}

function formAt({ period, multiplier, addend }: Omit<FirstForm, 'last'>, z: number): number {
  return Math.max(0, Math.floor((multiplier * z + addend) / period));
}

/** The first a of every step; null where a step begins within an a. */
function thresholdsBehind(
  thresholds: readonly number[],
  form: FirstForm,
  { low, high }: Interval,
  behind: Interval,
): number[] | null {
  const moved: number[] = [];
  for (const t of thresholds) {
    const a = t <= low ? 0 : t > high ? behind.high + 1 : formAt(form, t);
    if (t > low && t <= high && formAt(form, t - 1) === a) return null;
    moved.push(a);
  }
  return moved;
}

/** m and β with (m·z + β) >> shift in the place of a division. */
interface Division {
  readonly shift: number;
  readonly multiplier: bigint;
  readonly beta: bigint;
}

/**
 * ⌊(p·z + b)/q⌋ for every z of an interval, z counted from its lower end: with m = (p·2^s + e)/q and β = (b·2^s + f)/q, both
 * rounded up, (m·z + β)/2^s is too large by (e·z + f)/(q·2^s), which must be less than the 1/q to the next integer.
 */
function divisionOf({ period, multiplier, addend }: FirstForm, { low, high }: Interval): Division | null {
  const [p, q] = [BigInt(multiplier), BigInt(period)];
  const b = BigInt(addend) + p * BigInt(low);
  for (let shift = 0; shift <= MAX_SHIFT; shift++) {
    const unit = 1n << BigInt(shift);
    const [m, beta] = [ceilDivide(p * unit, q), ceilDivide(b * unit, q)];
    const [e, f] = [m * q - p * unit, beta * q - b * unit];
    if (e * BigInt(high - low) + f < unit) return { shift, multiplier: m, beta: beta - m * BigInt(low) };
  }
  return null;
}

/** The first forms with the largest shift of any; null where one has no multiplier of 32 bits. */
function firstRequantiser(forms: readonly FirstForm[], layer: ExactLayer, high: number): Requantiser | null {
  const divisions = forms.flatMap((form, c) => divisionOf(form, layer.intervals[c]!) ?? []);
  if (divisions.length < forms.length) return null;
  const shift = Math.max(...divisions.map((division) => division.shift));
  const scaled = divisions.map((division) => 1n << BigInt(shift - division.shift));
  const multipliers = Int32Array.from(divisions, ({ multiplier }, c) => Number(multiplier * scaled[c]!));
  const largest = multipliers.reduce((most, m) => Math.max(most, m), 1);
  const half = shift === 0 ? 0 : 2 ** (shift - 1);
  return {
    joined: layer.joined,
    quantised: 'exact',
    multipliers: [multipliers],
    multiplierBits: Math.floor(Math.log2(largest)) + 2,
    beta: Float64Array.from(divisions, ({ beta }, c) => Number(beta * scaled[c]!) - half),
    output: { shift, low: 0, high },
  };
}
