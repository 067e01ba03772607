/** What a vector buffer costs. */
import { counterBits } from '../../cost/counter.js';
import { muxLuts } from '../../cost/memory.js';
import { memoryFeatures } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import { banksOf, type VectorBufferParameters } from './parameters.js';
import { vectorBufferTiming } from './timing.js';

export type { VectorBufferParameters } from './parameters.js';

export const VECTOR_BUFFER: HardwareUnit<VectorBufferParameters> = {
  kind: 'vectorBuffer',
  module: 'flexor_vector_buffer',
  parts: { flexor_vector_buffer: 'window' },
  coefficients: COEFFICIENTS,
  paths: vectorBufferTiming,
  features(unit) {
    const { bits, size, simd, steps } = unit;
    const step = counterBits(steps);
    const { word, enables, width, depth } = banksOf(unit);
    const write = counterBits(steps / word);
    const memory = memoryFeatures('ram', width, depth, enables);
    const short = size - (simd - 1) * steps < steps;
    return {
      luts: {
        unit: 1,
        steps: step,
        lanes: simd,
        'short lane': short ? bits : 0,
        'read multiplexer': memory.readMux,
        'write decoder': memory.writeDecode,
        parts: simd * bits * muxLuts(word),
      },
      flipFlops: {
        unit: 1,
        counters: step + write + counterBits(enables),
        output: memory.shape.made === 'block' ? 0 : simd * word * bits,
        parts: Math.log2(word),
        'short lane': short ? 1 : 0,
      },
      multipliers: 0,
      ...memory.storage,
    };
  },
};
