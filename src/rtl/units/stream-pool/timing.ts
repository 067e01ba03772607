/** The path of a pool that streams: the value that is kept, compared or added to, and kept again. */
import { memoryShape } from '../../cost/memory.js';
import { chain, luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { StreamPoolParameters } from './parameters.js';

export function streamPoolTiming({ channels, inWidth, outBits, kernel, output }: StreamPoolParameters): TimingPath[] {
  const beats = channels / inWidth;
  const depth = beats * (kernel[0] === 1 ? 1 : output[1]);
  const block = depth > 1 && memoryShape('ram', inWidth * outBits, depth).made === 'block';
  const ends = block ? ({ from: 'blockRam', to: 'blockRam' } as const) : {};
  const steps = [chain(outBits + 1, 2), luts(1, outBits), luts(1)];
  return [path('value that is kept', { module: 'flexor_stream_pool', fanOut: 2, ...ends }, steps)];
}
