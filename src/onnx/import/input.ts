/**
 * What happens to an image before the first layer: affine maps become the model's preprocessing, a quantiser the one of its
 * input. The graph's own input is taken to be p/255 of a pixel p, or (p/255 − mean)/std where the user says so.
 */
import type { Shape } from '../../graph/types.js';
import type { FlexorModel, Quantiser } from '../../model/types.js';

/** How a pixel p becomes a number of the graph's input: (p/255 − mean)/std, one number or one a channel. */
export interface PixelMap {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A pixel as it is. */
const PIXELS: Quantiser = {
  kind: 'uniform',
  bits: 8,
  signed: false,
  narrow: false,
  scale: Math.fround(1 / 255),
  rounding: 'half-even',
};

export class ImportInput {
  /** x = gain·(graph's input) + offset per channel. */
  private readonly gain: Float64Array;
  private readonly offset: Float64Array;
  private quantiser: Quantiser | null = null;
  private affine = false;

  constructor(
    readonly shape: Shape,
    private readonly pixels: PixelMap,
  ) {
    this.gain = new Float64Array(shape.channels).fill(1);
    this.offset = new Float64Array(shape.channels);
  }

  /** Takes Add, Sub, Mul or Div by a constant a channel; false where it must become a node. */
  takeAffine(operator: string, values: Float32Array): boolean {
    const multiplies = operator === 'Mul' || operator === 'Div';
    if (this.quantiser !== null || (multiplies && values.some((v) => !(v > 0)))) return false;
    for (const [c, v] of values.entries()) {
      if (operator === 'Add') this.offset[c]! += v;
      else if (operator === 'Sub') this.offset[c]! -= v;
      else {
        const factor = operator === 'Mul' ? v : 1 / v;
        this.gain[c]! *= factor;
        this.offset[c]! *= factor;
      }
    }
    this.affine = true;
    return true;
  }

  takeQuantiser(quantiser: Quantiser): boolean {
    if (this.quantiser !== null) return false;
    this.quantiser = quantiser;
    return true;
  }

  /** The model's input. */
  finish(range: { min: number; max: number }): FlexorModel['input'] {
    const plain = !this.affine && this.pixels.mean.every((m) => m === 0) && this.pixels.std.every((s) => s === 1);
    const quantiser = this.quantiser ?? (plain ? PIXELS : null);
    const channel = (numbers: readonly number[], c: number): number => numbers[c] ?? numbers[0]!;
    // x = gain·(p/255 − m)/s + offset = (p/255 − (m − offset·s/gain))/(s/gain).
    const std = Array.from(this.gain, (gain, c) => channel(this.pixels.std, c) / gain);
    const mean = std.map((s, c) => channel(this.pixels.mean, c) - this.offset[c]! * s);
    return {
      shape: this.shape,
      preprocessing: { mean, std },
      ...(quantiser === null ? {} : { quantiser }),
      range,
    };
  }

  /** A number of the graph's input as the model's preprocessing makes it. */
  preprocessed(value: number, c: number): number {
    return this.gain[c]! * value + this.offset[c]!;
  }
}
