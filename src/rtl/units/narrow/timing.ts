/** The path of what hands on parts of a beat: which part it is. */
import { luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { NarrowParameters } from './parameters.js';

export function narrowTiming({ bits, ratio }: NarrowParameters): TimingPath[] {
  return [path('part of a beat', { module: 'flexor_narrow' }, [multiplexer(ratio, bits), luts(1)])];
}
