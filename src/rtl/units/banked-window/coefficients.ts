/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { 'column addresses': 0.482, counters: 1.933, 'kernel rows': 4.993, 'row multiplexer': 0.676, 'column multiplexer': 1.423, 'one column': 1.329, 'read multiplexer': 1.488, parts: 1.27 },
  flipFlops: { unit: 19.151, sequencer: 0.246, address: 0.487, counters: 2.915, inside: 7.227, output: 0.953, parts: 3.762 },
};
