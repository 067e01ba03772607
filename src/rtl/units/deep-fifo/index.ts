/** hw/flexor_fifo_ram.v: a FIFO in a memory with a registered read. */
import { counterBits } from '../../cost/counter.js';
import { memoryFeatures } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { DeepFifoParameters } from './parameters.js';
import { deepFifoTiming } from './timing.js';

export type { DeepFifoParameters } from './parameters.js';

export const DEEP_FIFO: HardwareUnit<DeepFifoParameters> = {
  kind: 'deepFifo',
  module: 'flexor_fifo_ram',
  parts: {},
  coefficients: COEFFICIENTS,
  paths: deepFifoTiming,
  features({ width, depth }) {
    const { shape, readMux, writeDecode, storage } = memoryFeatures('ram', width, depth - 1);
    const counters = 2 * counterBits(depth - 1) + counterBits(depth);
    return {
      luts: { unit: 1, counters, 'read multiplexer': readMux, 'write decoder': writeDecode },
      flipFlops: { unit: 1, counters, output: shape.made === 'block' ? 0 : width },
      multipliers: 0,
      ...storage,
    };
  },
};
