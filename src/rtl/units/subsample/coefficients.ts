/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { value: 0.563, places: 0.975, image: 1.433, phases: 4.66 },
  flipFlops: { counters: 0.943 },
};
