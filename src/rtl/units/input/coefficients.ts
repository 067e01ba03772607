/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 10.523, counters: 1.563, value: 0.206 },
  flipFlops: { unit: 1, counters: 1 },
};
