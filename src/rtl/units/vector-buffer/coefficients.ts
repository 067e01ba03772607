/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 1.672, steps: 3.889, lanes: 1.63, 'short lane': 1.211, 'read multiplexer': 1.05, 'write decoder': 0.417, parts: 0.752 },
  flipFlops: { unit: 5, counters: 1, output: 1, parts: 1, 'short lane': 1 },
};
