/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 1.593, tables: 0.55, 'group multiplexer': 0.85, joining: 1.379, 'sum of products': 2.213, counters: 5.855 },
  flipFlops: { unit: 4.455, group: 1.002, sum: 0.321, dot: 1.23, parameters: 1.512, scaled: 0.931, counters: 1.084, residual: 1.197 },
};
