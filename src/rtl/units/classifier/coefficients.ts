/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 0.171, value: 0.706, index: 2.803, choices: 1.35 },
  flipFlops: { value: 1, index: 1 },
};
