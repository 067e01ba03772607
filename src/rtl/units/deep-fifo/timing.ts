/** The path of a deep FIFO: from its memory to what takes an element. */
import { memoryShape } from '../../cost/memory.js';
import { luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { DeepFifoParameters } from './parameters.js';

export function deepFifoTiming({ width, depth }: DeepFifoParameters): TimingPath[] {
  const { made, banks } = memoryShape('ram', width, depth - 1);
  const from = made === 'block' ? 'blockRam' : 'register';
  return [path('element that is read', { module: 'flexor_fifo_ram', from }, [multiplexer(banks), luts(2)])];
}
