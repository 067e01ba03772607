/** The path of the classifier: a logit against the largest so far. */
import { chain, luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { ClassifierParameters } from './parameters.js';

export function classifierTiming({ bits }: ClassifierParameters): TimingPath[] {
  return [path('largest logit', { module: 'flexor_classifier' }, [chain(bits + 1, 4), luts(1, bits), luts(1)])];
}
