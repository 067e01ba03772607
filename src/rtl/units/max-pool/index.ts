/** hw/flexor_max_pool.v: the largest value of a window, channel by channel. */
import { poolFeatures, type PoolParameters } from '../pool/cost.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import { poolTiming } from '../pool/timing.js';

export const MAX_POOL: HardwareUnit<PoolParameters> = {
  kind: 'maxPool',
  module: 'flexor_max_pool',
  parts: { flexor_max_pool: 'pool' },
  coefficients: COEFFICIENTS,
  paths: (unit) => poolTiming('flexor_max_pool', true, unit),
  features: poolFeatures,
};
