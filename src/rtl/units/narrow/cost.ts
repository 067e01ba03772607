/** What it costs to hand on parts of a beat. */
import { counterBits } from '../../cost/counter.js';
import { muxLuts } from '../../cost/memory.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';

export interface NarrowParameters {
  /** Of a part. */
  readonly bits: number;
  readonly ratio: number;
}

export const NARROW: HardwareUnit<NarrowParameters> = {
  kind: 'narrow',
  module: 'flexor_narrow',
  parts: {},
  coefficients: COEFFICIENTS,
  features({ bits, ratio }) {
    const counters = counterBits(ratio);
    return { luts: { counters, parts: bits * muxLuts(ratio) }, flipFlops: { counters }, ...NO_STORAGE };
  },
};
