/** What a ROM of weights costs. */
import { romFeatures } from '../../cost/rom.js';
import type { HardwareUnit } from '../types.js';
import type { WeightSourceParameters } from '../weight-source/cost.js';
import { COEFFICIENTS } from './coefficients.js';
import { sourceTiming } from '../weight-source/timing.js';

export const WEIGHT_ROM: HardwareUnit<WeightSourceParameters> = {
  kind: 'weightRom',
  module: 'flexor_weight_rom',
  parts: { flexor_weight_rom: 'weightMemory' },
  coefficients: COEFFICIENTS,
  paths: (unit) => sourceTiming('flexor_weight_rom', 'rom', unit),
  features({ width, depth, gathered, ramStyle }) {
    const { tables, flipFlops, storage } = romFeatures(width, depth, width, ramStyle);
    return { luts: { tables }, flipFlops: { output: flipFlops + gathered }, multipliers: 0, ...storage };
  },
};
