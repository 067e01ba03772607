/** hw/flexor_fifo.v: a FIFO of registers or distributed RAM with registered valid and ready. */
import { counterBits } from '../../cost/counter.js';
import { arrayFeatures } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { FifoParameters } from './parameters.js';
import { fifoTiming } from './timing.js';

export type { FifoParameters } from './parameters.js';

export const FIFO: HardwareUnit<FifoParameters> = {
  kind: 'fifo',
  module: 'flexor_fifo',
  parts: { flexor_fifo: 'fifo' },
  coefficients: COEFFICIENTS,
  paths: fifoTiming,
  features({ width, depth }) {
    const memory = arrayFeatures(width, depth);
    const counters = (depth > 1 ? 2 * counterBits(depth) : 0) + counterBits(depth + 1);
    return {
      luts: { unit: 1, counters, ...memory.luts },
      flipFlops: { counters, ...memory.flipFlops },
      multipliers: 0,
      ...memory.storage,
    };
  },
};
