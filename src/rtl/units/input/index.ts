/** hw/flexor_axis_in.v: the guard of the AXI4-Stream input. */
import { counterBits } from '../../cost/counter.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { InputParameters } from './parameters.js';
import { inputTiming } from './timing.js';

export type { InputParameters } from './parameters.js';

export const INPUT: HardwareUnit<InputParameters> = {
  kind: 'input',
  module: 'flexor_axis_in',
  parts: {},
  coefficients: COEFFICIENTS,
  paths: inputTiming,
  features({ bits, elements }) {
    const counters = counterBits(elements);
    return { luts: { unit: 1, counters, value: bits }, flipFlops: { unit: 4, counters }, ...NO_STORAGE };
  },
};
