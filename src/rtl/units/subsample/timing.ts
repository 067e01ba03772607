/** The path of a subsample: where in the image and the channels it is, to whether it takes and gives. */
import { counterBits } from '../../cost/counter.js';
import { chain, luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { SubsampleParameters } from './parameters.js';

export function subsampleTiming({ channels, channelPadding }: SubsampleParameters): TimingPath[] {
  const places = counterBits(channelPadding[0] + channels + channelPadding[1] + 1);
  const steps = [luts(1, 64), chain(places, 32), luts(1, 8)];
  return [path('place in the image', { module: 'flexor_subsample', fanOut: 64 }, steps)];
}
