/** hw/flexor_classifier.v: adds the index of the largest logit so far. */
import { counterBits } from '../../cost/counter.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { ClassifierParameters } from './parameters.js';
import { classifierTiming } from './timing.js';

export type { ClassifierParameters } from './parameters.js';

export const CLASSIFIER: HardwareUnit<ClassifierParameters> = {
  kind: 'classifier',
  module: 'flexor_classifier',
  parts: {},
  coefficients: COEFFICIENTS,
  paths: classifierTiming,
  features({ bits, count }) {
    const index = counterBits(count);
    return { luts: { unit: 1, value: bits, index }, flipFlops: { value: bits, index: 2 * index }, ...NO_STORAGE };
  },
};
