/**
 * Widths of a weighted layer's intermediates by interval analysis over its trained weights (docs/numbers.md).
 *
 * The input a lies anywhere in its format, which always contains 0 (the value of padding). A channel whose window has n1
 * elements with bit 1 and n0 with bit 0 then has Σ_{b=1} a in n1·[low, high] and acc = Σ b·a in n1·[low, high] −
 * n0·[low, high]. Since 0 is inside, every partial sum in any order stays inside too. Channels and planes are joined.
 */
import { bitsFor } from '../base/bits.js';
import { FlexorError } from '../base/errors.js';
import { formatRange } from './shapes.js';
import type { Interval } from './shapes.js';
import type { IntFormat, IntPlane, IntResidual, IntWeightedNode, Requantiser, Widths } from './types.js';

/** Magnitudes must stay below this so that doubles hold them exactly. */
export const EXACT_LIMIT = 2 ** 53;

/** What the analysis needs to know of a weighted layer. */
export interface LayerArithmetic {
  readonly name: string;
  readonly inputFormat: IntFormat;
  readonly windowSize: number;
  readonly outChannels: number;
  readonly planes: readonly Pick<IntPlane, 'codes'>[];
  /** As in IntWeightedNode. */
  readonly twosComplement?: IntWeightedNode['twosComplement'];
  readonly residual: Pick<IntResidual, 'tensor' | 'multiplier'> | null;
  readonly requantiser: Requantiser;
}

/** Exact value intervals behind the widths; selected, sum, dot and multiplicand contain 0. */
export interface LayerIntervals {
  readonly selected: Interval;
  readonly sum: Interval;
  readonly dot: Interval;
  readonly multiplicand: Interval;
  readonly scaled: Interval;
}

/** Per channel, the window elements whose bit is 1. */
export function onesPerChannel(codes: Uint8Array, outChannels: number): Uint32Array {
  const ones = new Uint32Array(outChannels);
  for (let f = 0; f < codes.length;) for (let c = 0; c < outChannels; c++, f++) ones[c]! += codes[f]!;
  return ones;
}

/** acc = Σ b·a of a channel with `ones` bits 1 among `windowSize`. */
export function dotInterval(ones: number, windowSize: number, a: Interval): Interval {
  const zeros = windowSize - ones;
  return { low: ones * a.low - zeros * a.high, high: ones * a.high - zeros * a.low };
}

/** m·x over an interval, for m of either sign. */
function times(m: number, x: Interval): Interval {
  const ends = [m * x.low, m * x.high] as const;
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

class Union {
  low = Infinity;
  high = -Infinity;
  add(x: Interval): void {
    this.low = Math.min(this.low, x.low);
    this.high = Math.max(this.high, x.high);
  }
}

/** The rounding term 2^(shift−1); 0 without a shift. */
export function roundingTerm(requantiser: Requantiser): number {
  const shift = requantiser.output?.shift ?? 0;
  return shift > 0 ? 2 ** (shift - 1) : 0;
}

function plus(a: Interval, b: Interval): Interval {
  return { low: a.low + b.low, high: a.high + b.high };
}

/** What plane i of `planes` joined ones counts. */
export function planeWeight(i: number, planes: number, twosComplement: IntWeightedNode['twosComplement']): number {
  return twosComplement && i === planes - 1 ? -(2 ** i) : 2 ** i;
}

/** What the multipliers of a layer take in a channel, from acc of its planes: acc itself, or Σ_i 2^i·acc_i. */
function multiplicands(
  accs: readonly Interval[],
  { requantiser, twosComplement }: LayerArithmetic,
): readonly Interval[] {
  if (!requantiser.joined) return accs;
  return [accs.map((acc, i) => times(planeWeight(i, accs.length, twosComplement), acc)).reduce(plus)];
}

/** Intervals of all intermediates; an error that names the layer where one leaves ±2^53. */
export function layerIntervals(layer: LayerArithmetic): LayerIntervals {
  const { windowSize, outChannels, requantiser, residual } = layer;
  const a = formatRange(layer.inputFormat);
  const ones = layer.planes.map((plane) => onesPerChannel(plane.codes, outChannels));
  const rounding = roundingTerm(requantiser);
  const [selected, dot, multiplicand, product, scaled] = Array.from({ length: 5 }, () => new Union()) as Five;
  const sum = { low: windowSize * a.low, high: windowSize * a.high };
  const shortcut = residual && times(residual.multiplier, formatRange(residual.tensor.format));
  if (shortcut) product.add(shortcut);
  for (let c = 0; c < outChannels; c++) {
    const accs = ones.map((plane) =>
      layer.twosComplement
        ? { low: plane[c]! * a.low, high: plane[c]! * a.high }
        : dotInterval(plane[c]!, windowSize, a),
    );
    for (const plane of ones) selected.add({ low: plane[c]! * a.low, high: plane[c]! * a.high });
    for (const acc of accs) dot.add(acc);
    const start = requantiser.beta[c]! + rounding;
    let partial: Interval = { low: start, high: start };
    scaled.add(partial);
    if (shortcut) scaled.add((partial = plus(partial, shortcut)));
    for (const [i, factor] of multiplicands(accs, layer).entries()) {
      multiplicand.add(factor);
      const scaledFactor = times(requantiser.multipliers[i]![c]!, factor);
      product.add(scaledFactor);
      scaled.add((partial = plus(partial, scaledFactor)));
    }
  }
  checkExact(layer.name, { 'Σ a': sum, 'Σ b·a': dot, 'Σ 2^i·acc': multiplicand, 'm·acc': product, z: scaled });
  return { selected, sum, dot, multiplicand, scaled };
}

type Five = [Union, Union, Union, Union, Union];

function checkExact(name: string, intervals: Readonly<Record<string, Interval>>): void {
  for (const [what, { low, high }] of Object.entries(intervals)) {
    if (low > -EXACT_LIMIT && high < EXACT_LIMIT) continue;
    throw new FlexorError(
      'width',
      `layer ${name}: ${what} must stay below 2^53 in magnitude, but reaches [${low}, ${high}]; ` +
        'use fewer activation or multiplier bits',
    );
  }
}

/** dot, multiplicand and scaled are made signed of at least 2 bits even where less would do, so that hardware has one kind of multiplier. */
function signedFormat({ low, high }: Interval): IntFormat {
  return bitsFor(Math.min(low, -2), high);
}

/** Signed bits of m_r of a loadable layer, and the most of any: more would not change any output. */
export const RESIDUAL_MULTIPLIER_BITS = 24;

function symmetric(magnitude: number): Interval {
  return { low: -magnitude, high: magnitude };
}

/** Intervals over all weights, multipliers of the layer's bits, and betas as large as everything else that makes up z. */
function worstIntervals(layer: LayerArithmetic): LayerIntervals {
  const { windowSize, requantiser, residual, planes } = layer;
  const a = formatRange(layer.inputFormat);
  const sum = { low: windowSize * a.low, high: windowSize * a.high };
  const dot = symmetric(windowSize * Math.max(-a.low, a.high));
  const multiplicand = requantiser.joined ? symmetric((2 ** planes.length - 1) * dot.high) : dot;
  const product = 2 ** (requantiser.multiplierBits - 1) * multiplicand.high * requantiser.multipliers.length;
  const { low = 0, high = 0 } = residual === null ? {} : formatRange(residual.tensor.format);
  const shortcut = 2 ** (RESIDUAL_MULTIPLIER_BITS - 1) * Math.max(-low, high);
  const scaled = symmetric(2 * (product + shortcut + roundingTerm(requantiser)));
  checkExact(layer.name, { 'z of any weights': scaled });
  return { selected: sum, sum, dot, multiplicand, scaled };
}

/** Refuses multipliers or betas whose z leaves the widths of a loadable layer. */
function checkInside(name: string, actual: LayerIntervals, worst: LayerIntervals): void {
  const { low, high } = actual.scaled;
  if (low >= worst.scaled.low && high <= worst.scaled.high) return;
  throw new FlexorError(
    'width',
    `layer ${name}: z reaches [${low}, ${high}], loadable weights have room for ±${worst.scaled.high}; ` +
      'use more multiplier bits',
  );
}

/**
 * The narrowest formats that hold every intermediate of the layer, for its own weights or, where the network is `loadable`,
 * for any that may be loaded in their place.
 */
export function deriveWidths(layer: LayerArithmetic, loadable = false): Widths {
  const actual = layerIntervals(layer);
  const worst = loadable ? worstIntervals(layer) : null;
  if (worst !== null) checkInside(layer.name, actual, worst);
  const { selected, sum, dot, multiplicand, scaled } = worst ?? actual;
  return {
    selected: bitsFor(selected.low, selected.high),
    sum: bitsFor(sum.low, sum.high),
    dot: signedFormat(dot),
    multiplicand: signedFormat(multiplicand),
    scaled: signedFormat(scaled),
  };
}
