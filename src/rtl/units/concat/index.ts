/** hw/flexor_concat.v: pixels of several streams side by side. */
import { counterBits } from '../../cost/counter.js';
import { muxLuts } from '../../cost/memory.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { ConcatParameters } from './parameters.js';
import { concatTiming } from './timing.js';

export type { ConcatParameters } from './parameters.js';

export const CONCAT: HardwareUnit<ConcatParameters> = {
  kind: 'concat',
  module: 'flexor_concat',
  parts: { flexor_concat: 'pool' },
  coefficients: COEFFICIENTS,
  paths: concatTiming,
  features({ bits, beats }) {
    const counters = counterBits(beats.length) + counterBits(Math.max(...beats));
    return {
      luts: { unit: 1, inputs: beats.length, counters, select: bits * muxLuts(beats.length) },
      flipFlops: { counters },
      ...NO_STORAGE,
    };
  },
};
