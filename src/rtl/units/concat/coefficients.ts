/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 2.789, inputs: 2.268, counters: 0.799, select: 0.664 },
  flipFlops: { counters: 1 },
};
