/** The path of the input's guard: the count of elements, to what is taken. */
import { counterBits } from '../../cost/counter.js';
import { luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { InputParameters } from './parameters.js';

export function inputTiming({ elements }: InputParameters): TimingPath[] {
  const levels = Math.ceil(Math.log(counterBits(elements)) / Math.log(6));
  return [
    path('elements of a frame', { module: 'flexor_axis_in', fanOut: 16 }, [luts(Math.max(1, levels), 8), luts(1, 8)]),
  ];
}
