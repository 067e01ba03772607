/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { steps: 4.034, lanes: 1.614, 'short lane': 1.968, 'read multiplexer': 1.153, parts: 0.791 },
  flipFlops: { unit: 5, counters: 1, output: 1, parts: 1, 'short lane': 1 },
};
