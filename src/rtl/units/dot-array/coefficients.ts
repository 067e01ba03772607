/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { shared: 0.915, joining: 0.751, accumulators: 1.061, groups: 7.126 },
  flipFlops: { unit: 0.307, shared: 0.544, joining: 0.799, control: 6.304, accumulators: 1.056, waiting: 1.086 },
};
