/** The paths of an array of dot products: sums that channels share, threes that are joined, accumulators. */
import { termBits } from '../../shared-sums.js';
import { chain, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { DotArrayParameters } from './parameters.js';

export function dotArrayTiming({ actBits, signed, simd, channels, accBits }: DotArrayParameters): TimingPath[] {
  const module = 'flexor_dot_array';
  const bits = termBits(simd, actBits, signed);
  return [
    path('sums that channels share', { module }, [chain(termBits(1, actBits, signed), 2)]),
    // A sign chooses and negates all bits of what an adder takes; a sum goes to all channels.
    ...(simd > 2 ? [path('threes of lanes', { module }, [chain(bits, Math.max(bits, channels))])] : []),
    path('accumulators', { module }, [chain(accBits, accBits)]),
  ];
}
