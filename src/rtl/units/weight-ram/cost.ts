/** What a memory of weights that are loaded costs: one bank, or two, of which one is read. */
import { storeUse } from '../../cost/two-ports.js';
import type { HardwareUnit } from '../types.js';
import type { WeightSourceParameters } from '../weight-source/cost.js';
import { COEFFICIENTS } from './coefficients.js';
import { sourceTiming } from '../weight-source/timing.js';

interface WeightRamParameters extends WeightSourceParameters {
  readonly banks: number;
}

export const WEIGHT_RAM: HardwareUnit<WeightRamParameters> = {
  kind: 'weightRam',
  module: 'flexor_weight_ram',
  parts: { flexor_weight_ram: 'weightMemory', flexor_weight_ram_phase: 'weightMemory' },
  coefficients: COEFFICIENTS,
  paths: (unit) => sourceTiming('flexor_weight_ram', 'ram', unit),
  features({ width, depth, gathered, banks }) {
    const { lutRams, bram18, memoryBits } = storeUse(width, depth, banks);
    return { luts: {}, flipFlops: { output: gathered }, multipliers: 0, lutRams, bram18, memoryBits };
  },
};
