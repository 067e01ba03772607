/**
 * Search for a good M⊕ over seeds. What counts, in this order: full rank (below it two slices of encrypted bits give the
 * same weights: distance 0), the minimum distance of the code, different rows, few gates, a shallow circuit, and then
 * the smaller seed. Minimisation is slow beside the rest, so only the first finalists by the others are minimised.
 */
import { Random } from '../base/random.js';
import { DEFAULT_CIRCUIT } from './hardware-circuit.js';
import type { CircuitOptions } from './hardware-circuit.js';
import { randomMatrix, tapMatrix } from './matrix.js';
import { xorAlgebra, xorProperties } from './properties.js';
import type { XorAlgebra, XorProperties } from './properties.js';
import type { XorMatrix } from './types.js';

export interface DesignRequest {
  readonly nIn: number;
  readonly nOut: number;
  /** Ones per row; null: each entry 0 or 1 with equal chance. */
  readonly taps: number | null;
  readonly firstSeed: number;
  readonly seeds: number;
}

export interface Design {
  readonly matrix: XorMatrix;
  /** The seed that gave it. */
  readonly seed: number;
  readonly properties: XorProperties;
  /** Matrices that were equal to it in rank, minimum distance and different rows. */
  readonly finalists: number;
}

const MAX_FINALISTS = 32;
const QUICK: CircuitOptions = { ...DEFAULT_CIRCUIT, iterations: 1000 };

/** The M⊕ of a seed. */
export function drawMatrix({ nIn, nOut, taps }: DesignRequest, seed: number): XorMatrix {
  const random = Random.derive(seed, 'design M⊕');
  return taps === null ? randomMatrix(nIn, nOut, random) : tapMatrix(nIn, nOut, taps, random);
}

/** Tries `seeds` matrices; `onSeed` is told after each how many are done. */
export function designMatrix(request: DesignRequest, onSeed?: (done: number) => void): Design {
  const { firstSeed, seeds } = request;
  let best: readonly number[] = [];
  let finalists: number[] = [];
  for (let n = 0; n < seeds; n++) {
    const score = algebraScore(xorAlgebra(drawMatrix(request, firstSeed + n)));
    const order = compare(score, best);
    if (order > 0) [best, finalists] = [score, []];
    if (order >= 0) finalists.push(firstSeed + n);
    onSeed?.(n + 1);
  }
  const costs = finalists.slice(0, MAX_FINALISTS).map((seed) => {
    const { gates, depth, naiveGates } = xorProperties(drawMatrix(request, seed), QUICK);
    return { seed, score: [-(gates ?? naiveGates), -(depth ?? 0)] };
  });
  const { seed } = costs.reduce((a, b) => (compare(b.score, a.score) > 0 ? b : a));
  const matrix = drawMatrix(request, seed);
  return { matrix, seed, properties: xorProperties(matrix), finalists: finalists.length };
}

/** Larger is better, the first number counting most. */
function algebraScore({ rank, codeDistance, rowDistance, distinctRows }: XorAlgebra): readonly number[] {
  return [rank, codeDistance.min ?? rowDistance.min ?? 0, distinctRows];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : b[at] === undefined ? 1 : a[at]! - b[at]!;
}
