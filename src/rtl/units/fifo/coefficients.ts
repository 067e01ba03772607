/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 1.302, counters: 1.88, 'read multiplexer': 1, 'write decoder': 0.09, bypass: 1.724 },
  flipFlops: { counters: 1.407, 'logic memory': 1.056, bypass: 0.68 },
};
