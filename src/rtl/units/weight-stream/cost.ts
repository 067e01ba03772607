/** What it costs to take weights from outside, besides the FIFO behind the port. */
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import type { WeightSourceParameters } from '../weight-source/cost.js';
import { COEFFICIENTS } from './coefficients.js';
import { luts, path } from '../../timing/path.js';

export const WEIGHT_STREAM: HardwareUnit<WeightSourceParameters> = {
  kind: 'weightStream',
  module: 'flexor_weight_stream',
  parts: { flexor_weight_stream: 'weightMemory' },
  coefficients: COEFFICIENTS,
  paths: () => [path('row of weights', { module: 'flexor_weight_stream' }, [luts(2, 16)])],
  features({ gathered }) {
    return { luts: {}, flipFlops: { output: gathered }, ...NO_STORAGE };
  },
};
