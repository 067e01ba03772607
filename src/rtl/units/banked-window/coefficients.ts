/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 49.629, counters: 0.023, 'kernel rows': 4.473, 'row multiplexer': 0.364, 'column multiplexer': 2.531, 'one column': 1.434, 'read multiplexer': 1.45, parts: 1.046 },
  flipFlops: { sequencer: 1.285, address: 0.146, counters: 1.452, inside: 0.784, output: 0.972, parts: 3.967 },
};
