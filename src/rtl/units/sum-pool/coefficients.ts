/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 14.377, counters: 0.782, value: 0.963, 'read multiplexer': 0.69 },
  flipFlops: { counters: 1, address: 1 },
};
