/** The path of a concatenation: whose turn it is, to its beat. */
import { luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { ConcatParameters } from './parameters.js';

export function concatTiming({ bits, beats }: ConcatParameters): TimingPath[] {
  const steps = [luts(1, bits), multiplexer(beats.length), luts(1, 8)];
  return [path('input whose turn it is', { module: 'flexor_concat', fanOut: 8 }, steps)];
}
