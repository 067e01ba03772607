/** What maximum and sum pools cost: a memory of one value a channel, and what is done to it. */
import { counterBits } from '../../cost/counter.js';
import { arrayFeatures } from '../../cost/memory-features.js';
import type { Features } from '../types.js';

export interface PoolParameters {
  readonly bits: number;
  readonly width: number;
  readonly channels: number;
  readonly taps: number;
  /** Of the result; equal to `bits` for a maximum. */
  readonly sumBits: number;
}

export function poolFeatures({ width, channels, taps, sumBits }: PoolParameters): Features {
  const beats = channels / width;
  const memory = arrayFeatures(width * sumBits, beats);
  const counters = (beats > 1 ? counterBits(beats) : 0) + counterBits(taps);
  return {
    luts: { unit: 1, counters, value: width * sumBits, ...memory.luts },
    flipFlops: { counters, ...memory.flipFlops },
    multipliers: 0,
    ...memory.storage,
  };
}
