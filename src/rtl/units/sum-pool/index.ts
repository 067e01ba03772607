/** hw/flexor_sum_pool.v: the sum of a window, channel by channel (average pooling). */
import { poolFeatures, type PoolParameters } from '../pool/cost.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import { poolTiming } from '../pool/timing.js';

export const SUM_POOL: HardwareUnit<PoolParameters> = {
  kind: 'sumPool',
  module: 'flexor_sum_pool',
  parts: { flexor_sum_pool: 'pool' },
  coefficients: COEFFICIENTS,
  paths: (unit) => poolTiming('flexor_sum_pool', false, unit),
  features: poolFeatures,
};
