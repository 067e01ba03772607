/** The path of a FIFO: what is read, to what takes it. */
import { memoryShape } from '../../cost/memory.js';
import { lutRam, luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { FifoParameters } from './parameters.js';

export function fifoTiming({ width, depth }: FifoParameters): TimingPath[] {
  const module = 'flexor_fifo';
  const { made, banks, lutRams } = memoryShape('array', width, depth);
  if (made === 'logic') return [path('element that is read', { module }, [multiplexer(depth, width), luts(1)])];
  if (made === 'lutRam')
    return [path('element that is read', { module }, [lutRam(lutRams), multiplexer(banks), luts(1)])];
  // Read in the cycle of the address: it is the next one that the memory sees, and what is just written goes around it.
  return [path('address of the next element', { module, to: 'blockRam', fanOut: width / 36 }, [luts(3, 16)])];
}
