/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 0.98, counters: 2.163, maximum: 1.34, sum: 0.596, 'one beat': 1.325, 'read multiplexer': 1.266, 'write decoder': 1.177 },
  flipFlops: { counters: 1.006, 'one beat': 0.994, output: 1.003 },
};
