/** What it costs to hand on parts of a beat. */
import { beatsOf } from '../../beats.js';
import { counterBits } from '../../cost/counter.js';
import { muxLuts } from '../../cost/memory.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { NarrowParameters } from './parameters.js';
import { narrowTiming } from './timing.js';

export type { NarrowParameters } from './parameters.js';

export const NARROW: HardwareUnit<NarrowParameters> = {
  kind: 'narrow',
  module: 'flexor_narrow',
  parts: {},
  coefficients: COEFFICIENTS,
  paths: narrowTiming,
  features({ bits, ratio, parts = ratio }) {
    const counters = counterBits(ratio) + (parts % ratio === 0 ? 0 : counterBits(beatsOf(parts, ratio)));
    return { luts: { counters, parts: bits * muxLuts(ratio) }, flipFlops: { counters }, ...NO_STORAGE };
  },
};
