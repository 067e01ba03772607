/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { unit: 117.467, rows: 2.661, 'row starts': 0.301, offsets: 2.653, 'write place': 1.583, steps: 0.962, lanes: 8.146, 'lane starts': 0.036, 'read multiplexer': 0.536, parts: 0.515 },
  flipFlops: { sequencer: 1.186, address: 0.413, offsets: 0.894, 'write place': 0.647, steps: 1.463, gathered: 0.987, 'lane state': 1.062, output: 1.002 },
};
