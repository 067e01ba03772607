/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 12.31, lanes: 0.592, filling: 1.403, joining: 0.985 },
  flipFlops: { unit: 15.603, activations: 1.104, filling: 0.819, joining: 0.909, total: 0.479 },
};
