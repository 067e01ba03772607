/**
 * The XOR circuit that hardware gets for an M⊕. The fewest gates would make it deep and often larger in LUTs than plain
 * rows, because mapping keeps shared gates as they are. A depth cap one above that of balanced trees gave the best of both
 * (docs/xor.md, "After synthesis"), so that is the default.
 */
import { rowTaps } from './matrix.js';
import { minimise } from './minimise.js';
import type { MinimisedCircuit } from './minimise.js';
import type { XorMatrix } from './types.js';

/** Most gates on a path: a number, one more than a balanced tree of the longest row has, or no cap. */
export type DepthCap = number | 'shallow' | 'free';

export interface CircuitOptions {
  readonly seed: number;
  /** Steps of the search (minimise.ts). */
  readonly iterations: number;
  readonly depth: DepthCap;
}

export const DEFAULT_CIRCUIT: CircuitOptions = { seed: 1, iterations: 5000, depth: 'shallow' };

/** Gates on the longest path where every row is a balanced tree of its own: no circuit is shallower. */
export function balancedDepth(matrix: XorMatrix): number {
  return Math.max(...rowTaps(matrix).map((taps) => Math.ceil(Math.log2(taps.length))));
}

/** Minimises M⊕ for hardware. Throws FlexorError('usage') where a row cannot be built within a depth given as a number. */
export function hardwareCircuit(matrix: XorMatrix, options: CircuitOptions = DEFAULT_CIRCUIT): MinimisedCircuit {
  const { seed, iterations, depth } = options;
  return minimise(matrix, { seed, iterations, maxDepth: maxDepth(matrix, depth) });
}

function maxDepth(matrix: XorMatrix, depth: DepthCap): number {
  if (depth === 'free') return Infinity;
  return depth === 'shallow' ? balancedDepth(matrix) + 1 : depth;
}
