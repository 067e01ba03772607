/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { counters: 2.115, 'masked adders': 1.724, 'plain adders': 0.929, blocks: 1.02, accumulators: 1.256, 'one lane': 0.301, sum: 1.073, 'sum counters': 1.927, 'read multiplexer': 0.469, bypass: 0.575 },
  flipFlops: { unit: 9.013, counters: 0.995, activations: 1, groups: 0.986, lanes: 0.996, 'lane control': 3.245, sum: 1.004, 'sum counters': 0.929, accumulators: 0.997, address: 1.035, bypass: 0.823 },
};
