/** The path of the classifier: the logits of a beat against each other, and the largest against that so far. */
import { chain, luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { ClassifierParameters } from './parameters.js';

export function classifierTiming({ bits, width = 1 }: ClassifierParameters): TimingPath[] {
  const among = Array.from({ length: Math.ceil(Math.log2(width)) }, () => [...chain(bits + 1, 2), ...luts(1, bits)]);
  return [
    path('largest logit', { module: 'flexor_classifier' }, [...among, chain(bits + 1, 4), luts(1, bits), luts(1)]),
  ];
}
