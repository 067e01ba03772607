/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 11.171, counters: 0.442, value: 1.908, 'read multiplexer': 4.834 },
  flipFlops: { counters: 1, 'logic memory': 1, address: 1 },
};
