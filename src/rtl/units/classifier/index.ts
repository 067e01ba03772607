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
  features({ bits, count, width = 1 }) {
    const index = counterBits(count);
    return {
      // A comparison of two logits for each of a beat, and behind it a choice of the larger.
      luts: { unit: 1, value: width * bits, index, choices: (width - 1) * (bits + counterBits(width)) },
      flipFlops: { value: bits, index: 2 * index },
      ...NO_STORAGE,
    };
  },
};
