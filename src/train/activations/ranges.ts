/** Ranges of activations over many images, from which lowering chooses number formats (docs/numbers.md). */
import type { ActivationRange } from '../../model/types.js';

/** Follows the smallest and the largest value of every tensor that it sees. */
export class RangeObserver {
  private readonly seen = new Map<string, ActivationRange>();

  /** By the name of the tensor. */
  get ranges(): Map<string, ActivationRange> {
    return new Map(this.seen);
  }

  /** Takes the values of one batch into account. */
  see(name: string, values: Float32Array): void {
    let { min, max } = this.seen.get(name) ?? { min: Infinity, max: -Infinity };
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.seen.set(name, { min, max });
  }
}
