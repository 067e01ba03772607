/** The paths of a serial window: the address of an element in the line buffer, and its sequencer. */
import { memoryShape } from '../../cost/memory.js';
import { chain, luts, lutRam, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import { spanOf } from '../window/plan.js';
import { sequencerTiming } from '../window/timing.js';
import type { SerialWindowParameters } from './parameters.js';

export function serialWindowTiming(unit: SerialWindowParameters): TimingPath[] {
  const { bits, inWidth, window, simd, address = 0 } = unit;
  const { input, rows } = window;
  const module = 'flexor_window_serial';
  const [spanH] = spanOf(window);
  const { made, banks, lutRams } = memoryShape('ram', inWidth * bits, (rows * input.width * input.channels) / inWidth);
  const addressBits = Math.ceil(Math.log2(rows * input.width * input.channels));
  // Where in the window: the first step of it begins anew; then the row of the ring, where it starts, and the place in it.
  const place = simd === 1 ? [luts(1, 16), luts(1, 8)] : [lutRam(16)];
  const steps = [...place, luts(1, 6), multiplexer(rows + spanH, 4), chain(addressBits, addressBits)];
  const name = 'address of a window element';
  // Distributed RAM is read in the same cycle, into a register behind it.
  const read = [lutRam(lutRams), multiplexer(banks)];
  const own =
    made === 'block'
      ? [path(name, { module, to: address > 0 ? 'register' : 'blockRam' }, steps)]
      : address > 0
        ? [path(name, { module }, steps), path('element of a window', { module }, read)]
        : [path(name, { module }, [...steps, ...read])];
  return [...own, sequencerTiming(window, inWidth)];
}
