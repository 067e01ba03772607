/**
 * The minimal trellis of the code {M⊕·x} (Bahl, Cocke, Jelinek, Raviv, 1974; Wolf, 1978): a graph whose paths from the one
 * state in front of weight bit 0 to the one state behind the last are the slices that M⊕ can give. A state is the sum of
 * the parity checks of the bits so far; those from which no path leads to 0 are left out, so that behind bit j there are at
 * most 2^min(j + 1, rank, N_out − rank, N_out − j − 1).
 */
import { FlexorError } from '../base/errors.js';
import { parityChecks } from './encrypt.js';
import { Span } from './span.js';
import type { XorMatrix } from './types.js';

/** States behind a weight bit at most: 2^12. Decoding takes time in proportion. */
const MAX_STATE_BITS = 12;

export interface Trellis {
  readonly nOut: number;
  /** The states behind weight bit j are `first[j]` .. `first[j + 1] − 1`. */
  readonly first: Int32Array;
  /** For each state, the one it is reached from with weight bit 0, counted within the states of the bit before; −1: none. */
  readonly zero: Int32Array;
  /** The same with weight bit 1. */
  readonly one: Int32Array;
}

/** Throws a FlexorError where the trellis is too large. */
export function minimalTrellis(matrix: XorMatrix): Trellis {
  const checks = parityChecks(matrix);
  const { nIn, nOut } = matrix;
  const stateBits = Math.max(...stateSpaceSizes(checks));
  if (stateBits > MAX_STATE_BITS) {
    throw new FlexorError(
      'usage',
      `the trellis of M⊕ with N_in ${nIn} and N_out ${nOut} has 2^${stateBits} states, more than 2^${MAX_STATE_BITS}; take a smaller N_out`,
    );
  }
  const first = [0];
  const [zero, one]: [number[], number[]] = [[], []];
  let states = [0n];
  checks.forEach((check, j) => {
    const rest = new Span(checks.slice(j + 1));
    const places = new Map<bigint, number>();
    states.forEach((state, at) => {
      for (const [next, from] of [
        [state, zero],
        [state ^ check, one],
      ] as const) {
        if (!rest.has(next)) continue;
        let place = places.get(next);
        if (place === undefined) {
          place = first[j]! + places.size;
          places.set(next, place);
          zero[place] = -1;
          one[place] = -1;
        }
        from[place] = at;
      }
    });
    states = [...places.keys()];
    first.push(first[j]! + states.length);
  });
  return { nOut, first: Int32Array.from(first), zero: Int32Array.from(zero), one: Int32Array.from(one) };
}

/** Base-2 logarithm of the number of states behind each weight bit: sums reached so far that the rest can take back to 0. */
function stateSpaceSizes(checks: readonly bigint[]): number[] {
  const all = new Span(checks).rank;
  const past = new Span();
  return checks.map((check, j) => {
    past.add(check);
    return past.rank + new Span(checks.slice(j + 1)).rank - all;
  });
}

/**
 * The slices of the code that agree best with scores: ±1 with the largest Σ score·code (Viterbi, 1967). For equal noise on
 * all weights it is maximum-likelihood decoding. In float32; of equal paths into a state the one with weight bit 1 wins.
 *
 * @param scores slices × N_out
 * @param codes as many, written
 */
export function decode(trellis: Trellis, scores: Float32Array, codes: Float32Array): void {
  const { nOut, first, zero, one } = trellis;
  const isOne = new Uint8Array(zero.length);
  // Bits that are 0 count nothing: half the sum of score·code, up to a constant.
  let before = new Float32Array(1 << MAX_STATE_BITS);
  let behind = new Float32Array(1 << MAX_STATE_BITS);
  for (let f = 0; f < scores.length; f += nOut) {
    before[0] = 0;
    for (let j = 0; j < nOut; j++) {
      const score = scores[f + j]!;
      for (let at = first[j]!, place = 0; at < first[j + 1]!; at++, place++) {
        const without = zero[at]! < 0 ? -Infinity : before[zero[at]!]!;
        const taken = one[at]! < 0 ? -Infinity : Math.fround(before[one[at]!]! + score);
        isOne[at] = Number(taken >= without);
        behind[place] = taken >= without ? taken : without;
      }
      [before, behind] = [behind, before];
    }
    for (let j = nOut - 1, place = 0; j >= 0; j--) {
      const at = first[j]! + place;
      codes[f + j] = isOne[at] === 1 ? 1 : -1;
      place = isOne[at] === 1 ? one[at]! : zero[at]!;
    }
  }
}
