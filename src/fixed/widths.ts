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
import type { IntFormat, IntPlane, Requantiser, Widths } from './types.js';

/** Magnitudes must stay below this so that doubles hold them exactly. */
export const EXACT_LIMIT = 2 ** 53;

/** What the analysis needs to know of a weighted layer. */
export interface LayerArithmetic {
  readonly name: string;
  readonly inputFormat: IntFormat;
  readonly windowSize: number;
  readonly outChannels: number;
  readonly planes: readonly Pick<IntPlane, 'codes'>[];
  readonly requantiser: Requantiser;
}

/** Exact value intervals behind the widths; selected, sum and dot contain 0. */
export interface LayerIntervals {
  readonly selected: Interval;
  readonly sum: Interval;
  readonly dot: Interval;
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

/** Intervals of all intermediates; an error that names the layer where one leaves ±2^53. */
export function layerIntervals(layer: LayerArithmetic): LayerIntervals {
  const { windowSize, outChannels, requantiser } = layer;
  const a = formatRange(layer.inputFormat);
  const ones = layer.planes.map((plane) => onesPerChannel(plane.codes, outChannels));
  const rounding = roundingTerm(requantiser);
  const [selected, dot, product, scaled] = [new Union(), new Union(), new Union(), new Union()];
  const sum = { low: windowSize * a.low, high: windowSize * a.high };
  for (let c = 0; c < outChannels; c++) {
    const start = requantiser.beta[c]! + rounding;
    let partial: Interval = { low: start, high: start };
    scaled.add(partial);
    for (let i = 0; i < ones.length; i++) {
      const n1 = ones[i]![c]!;
      selected.add({ low: n1 * a.low, high: n1 * a.high });
      const acc = dotInterval(n1, windowSize, a);
      dot.add(acc);
      const scaledAcc = times(requantiser.multipliers[i]![c]!, acc);
      product.add(scaledAcc);
      partial = { low: partial.low + scaledAcc.low, high: partial.high + scaledAcc.high };
      scaled.add(partial);
    }
  }
  const named = { 'Σ a': sum, 'Σ b·a': dot, 'm·acc': product, z: scaled };
  for (const [what, { low, high }] of Object.entries(named)) {
    if (!(low > -EXACT_LIMIT && high < EXACT_LIMIT)) {
      throw new FlexorError(
        'width',
        `layer ${layer.name}: ${what} must stay below 2^53 in magnitude, but reaches [${low}, ${high}]; ` +
          'use fewer activation or multiplier bits',
      );
    }
  }
  return { selected, sum, dot, scaled };
}

/** dot and scaled are made signed of at least 2 bits even where less would do, so that hardware has one kind of multiplier. */
function signedFormat({ low, high }: Interval): IntFormat {
  return bitsFor(Math.min(low, -2), high);
}

/** The narrowest formats that hold every intermediate of the layer. */
export function deriveWidths(layer: LayerArithmetic): Widths {
  const { selected, sum, dot, scaled } = layerIntervals(layer);
  return {
    selected: bitsFor(selected.low, selected.high),
    sum: bitsFor(sum.low, sum.high),
    dot: signedFormat(dot),
    scaled: signedFormat(scaled),
  };
}
