/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { counters: 1.655, 'read multiplexer': 1.16 },
  flipFlops: { unit: 1, counters: 1, output: 1 },
};
