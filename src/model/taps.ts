/** N_tap of a layer, as files and reports state it. */
import { rowTaps } from '../xor/matrix.js';
import type { XorMatrix } from '../xor/types.js';

/** N_tap where every row of every matrix has the same number of ones, else null ("random"). */
export function commonTaps(matrices: readonly XorMatrix[]): number | null {
  const counts = new Set(matrices.flatMap((matrix) => rowTaps(matrix).map((taps) => taps.length)));
  const [only] = counts;
  return counts.size === 1 && only !== undefined ? only : null;
}
