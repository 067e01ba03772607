/** Not fitted: bits of multiplexers and counters, a LUT for each output of two data bits or three counter bits, as elsewhere. */
import type { Coefficients } from '../types.js';

export const COEFFICIENTS: Coefficients = {
  luts: { unit: 2, counters: 2, select: 1 },
  flipFlops: { counters: 1 },
};
