/** The paths of a vector buffer: its banks, which are read as vectors are taken. */
import { memoryShape } from '../../cost/memory.js';
import { luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import { banksOf, type VectorBufferParameters } from './parameters.js';

export function vectorBufferTiming(unit: VectorBufferParameters): TimingPath[] {
  const module = 'flexor_vector_buffer';
  const { word, enables, width, depth } = banksOf(unit);
  const { made, banks, bram18 } = memoryShape('ram', width, depth, { enables });
  const [from, to] = made === 'block' ? (['blockRam', 'blockRam'] as const) : (['register', 'register'] as const);
  return [
    path('elements of a vector', { module, from }, [multiplexer(banks), multiplexer(word), luts(1)]),
    path('enable of the banks', { module, to, fanOut: made === 'block' ? bram18 : unit.simd }, [
      luts(1, 64),
      luts(1, 16),
      luts(1, 512),
    ]),
  ];
}
