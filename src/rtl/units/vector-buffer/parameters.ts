/** What the cost and the paths of the unit depend on. */
import { counterBits } from '../../cost/counter.js';

export interface VectorBufferParameters {
  readonly bits: number;
  readonly inWidth: number;
  readonly size: number;
  readonly simd: number;
  readonly steps: number;
}

/** The memory: its banks are read at one address, and a beat fills the lanes of one. */
export function banksOf({ bits, inWidth, simd, steps }: VectorBufferParameters) {
  const word = Math.min(inWidth, steps);
  const enables = Math.ceil((simd * word) / inWidth);
  return {
    /** Elements of a lane in a bank's word: a beat, or where that holds the stretches of several lanes, a stretch. */
    word,
    /** Bits of the memory's words, and write enables: one a bank. */
    width: enables * inWidth * bits,
    enables,
    depth: 2 * 2 ** counterBits(steps / word),
  };
}
