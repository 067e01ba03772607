/**
 * Set by hand to two layers of ResNet-20 at 8→20 with PE 16 and 4, synthesised with either decryptor, and to eleven decryptors
 * alone (docs/area.md); amounts are those of the features. `node bench/cost-model.js fit` leaves it alone.
 */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = {
  luts: { choice: 1.2, 'loaded slices': 1 },
  flipFlops: { held: 1, output: 1 },
};
