/** What a subsample costs: counters of places and pixels. */
import { counterBits } from '../../cost/counter.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { SubsampleParameters } from './parameters.js';
import { subsampleTiming } from './timing.js';

export type { SubsampleParameters } from './parameters.js';

export const SUBSAMPLE: HardwareUnit<SubsampleParameters> = {
  kind: 'subsample',
  module: 'flexor_subsample',
  parts: { flexor_subsample: 'pool' },
  coefficients: COEFFICIENTS,
  paths: subsampleTiming,
  features(unit) {
    const { bits, height, width, channels, stride, channelPadding } = unit;
    const places = counterBits(channelPadding[0] + channels + channelPadding[1] + 1);
    const image = counterBits(height + 1) + counterBits(width + 1);
    const phases = counterBits(stride[0] + 1) + counterBits(stride[1] + 1);
    return {
      luts: { unit: 1, value: bits, places, image, phases },
      flipFlops: { counters: places + image + phases },
      ...NO_STORAGE,
    };
  },
};
