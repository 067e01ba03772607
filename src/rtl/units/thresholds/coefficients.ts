/** Set by hand from the structure of the Verilog until `node bench/cost-model.js fit` has syntheses of the unit to fit to. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { tables: 1, 'group multiplexer': 0.85, joining: 1, dot: 1, comparisons: 1, selection: 1, counters: 2 },
  flipFlops: { unit: 4, group: 1, sum: 1, dot: 1, parameters: 1, search: 1, counters: 1 },
};
