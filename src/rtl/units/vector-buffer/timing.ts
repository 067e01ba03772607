/** The paths of a vector buffer: its banks, which are read as vectors are taken. */
import { memoryShape } from '../../cost/memory.js';
import { luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import { wordWidth, type VectorBufferParameters } from './parameters.js';

export function vectorBufferTiming(unit: VectorBufferParameters): TimingPath[] {
  const { bits, simd, steps } = unit;
  const word = wordWidth(unit);
  const module = 'flexor_vector_buffer';
  const depth = 2 * 2 ** Math.ceil(Math.log2(steps / word));
  const { made, banks } = memoryShape('ram', word * bits, depth);
  const [from, to] = made === 'block' ? (['blockRam', 'blockRam'] as const) : (['register', 'register'] as const);
  return [
    path('elements of a vector', { module, from }, [multiplexer(banks), multiplexer(word), luts(1)]),
    path('enable of the banks', { module, to, fanOut: simd }, [luts(1, 64), luts(1, 16), luts(1, 512)]),
  ];
}
