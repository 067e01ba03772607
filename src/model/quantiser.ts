/**
 * Quantisers of tensors: which values an activation may take. A uniform one gives scale·k with an integer k of a format, a
 * bipolar one ±scale (as QONNX's Quant with zero point 0, and BipolarQuant). A quantiser is a rising step function, so it
 * is described once, by its steps, for everybody who must decide on which side of one a value lies.
 */
import { exactOf, multiplyExact } from '../base/exact.js';
import type { Exact } from '../base/exact.js';
import { differenceSign } from './chain.js';
import type { Quantiser, Rounding } from './types.js';

/** Every rounding that a quantiser may have. */
export const ROUNDINGS = [
  'half-even',
  'half-up',
  'half-away',
  'half-to-zero',
  'floor',
  'ceil',
  'away',
  'to-zero',
] as const satisfies readonly Rounding[];

/** Widest quantiser. */
export const MAX_QUANTISER_BITS = 16;

/** Smallest and largest integer that a quantiser gives. */
export function quantiserLimits(quantiser: Quantiser): { readonly low: number; readonly high: number } {
  if (quantiser.kind === 'bipolar') return { low: -1, high: 1 };
  const { bits, signed, narrow } = quantiser;
  if (signed) return { low: -(2 ** (bits - 1)) + (narrow ? 1 : 0), high: 2 ** (bits - 1) - 1 };
  return { low: 0, high: 2 ** bits - 1 - (narrow ? 1 : 0) };
}

/** One step: from this position on (or behind it, where it is not `inclusive`) the integer is `integer`. */
export interface Step {
  /** In units of the scale; a multiple of 1/2. */
  readonly at: number;
  readonly inclusive: boolean;
  /** The integer from the step on. */
  readonly integer: number;
}

/** The steps of a quantiser from the lowest to the highest; below the first the integer is `low`. */
export function quantiserSteps(quantiser: Quantiser): readonly Step[] {
  if (quantiser.kind === 'bipolar') return [{ at: 0, inclusive: true, integer: 1 }];
  const { low, high } = quantiserLimits(quantiser);
  return Array.from({ length: high - low }, (_, i) => stepTo(low + i + 1, quantiser.rounding));
}

/** The step from `integer` − 1 to `integer`. */
function stepTo(integer: number, rounding: Rounding): Step {
  const half = integer - 0.5;
  const positive = integer > 0;
  switch (rounding) {
    case 'half-even':
      return { at: half, inclusive: integer % 2 === 0, integer };
    case 'half-up':
      return { at: half, inclusive: true, integer };
    case 'half-away':
      return { at: half, inclusive: positive, integer };
    case 'half-to-zero':
      return { at: half, inclusive: !positive, integer };
    case 'floor':
      return { at: integer, inclusive: true, integer };
    case 'ceil':
      return { at: integer - 1, inclusive: false, integer };
    case 'away':
      return positive ? { at: integer - 1, inclusive: false, integer } : { at: integer, inclusive: true, integer };
    case 'to-zero':
      return positive ? { at: integer, inclusive: true, integer } : { at: integer - 1, inclusive: false, integer };
  }
}

/** A compiled quantiser: doubles decide where they can, exact numbers next to a step. */
export class StepFunction {
  private readonly steps: readonly Step[];
  private readonly low: number;
  private readonly exactSteps: readonly Exact[];

  constructor(readonly quantiser: Quantiser) {
    this.steps = quantiserSteps(quantiser);
    this.low = quantiserLimits(quantiser).low;
    const scale = exactOf(quantiser.scale);
    this.exactSteps = this.steps.map(({ at }) => multiplyExact(exactOf(at), scale));
  }

  /** The integer for a value x that is exact. */
  integer(x: number): number {
    return this.near(x, 0, () => exactOf(x));
  }

  /** The integer for a value that lies within `error` of x; `exact` gives it where that does not decide. */
  near(x: number, error: number, exact: () => Exact): number {
    const { scale } = this.quantiser;
    const quotient = x / scale;
    const margin = error / scale + Math.abs(quotient) * 2 ** -50;
    const below = this.count((at) => at < quotient - margin);
    if (below === this.count((at) => at <= quotient + margin)) return this.integerOf(below);
    const value = exact();
    let count = below;
    while (count < this.steps.length && this.reached(count, value)) count++;
    return this.integerOf(count);
  }

  private integerOf(count: number): number {
    return count === 0 ? this.low : this.steps[count - 1]!.integer;
  }

  private reached(step: number, value: Exact): boolean {
    const order = differenceSign(value, this.exactSteps[step]!);
    return order > 0 || (order === 0 && this.steps[step]!.inclusive);
  }

  /** How many steps, from the lowest on, have such a position; by bisection. */
  private count(below: (at: number) => boolean): number {
    let from = 0;
    let to = this.steps.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (below(this.steps[middle]!.at)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
