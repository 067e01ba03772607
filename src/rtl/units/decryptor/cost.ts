/** What a decryptor of one lane and plane costs. */
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { DecryptorParameters } from './parameters.js';
import { decryptorTiming } from './timing.js';

export type { DecryptorParameters } from './parameters.js';

export const DECRYPTOR: HardwareUnit<DecryptorParameters> = {
  kind: 'decryptor',
  module: 'flexor_weight_shift',
  parts: { flexor_weight_shift: 'shiftRegister', flexor_weight_phase: 'shiftRegister' },
  coefficients: COEFFICIENTS,
  paths: decryptorTiming,
  features({ taps, slices, pe, phase }) {
    const register = slices * taps.length;
    const shifts = register !== pe;
    const carry = phase === 0 ? 0 : taps.length - phase;
    // A LUT takes six inputs; a bit that shifts as well leaves four for its taps.
    const free = shifts ? 4 : 6;
    const deep = taps.reduce((sum, count) => sum + Math.max(0, Math.ceil((count - free) / 5)), 0) * slices;
    const plain = shifts ? 0 : taps.filter((count) => count === 1).length * slices;
    return {
      luts: { register: register + carry - plain, 'deep rows': deep },
      flipFlops: { register: register + carry },
      ...NO_STORAGE,
    };
  },
};
