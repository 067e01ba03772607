/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { register: 0.98, 'deep rows': 0.739 },
  flipFlops: { register: 0.978 },
};
