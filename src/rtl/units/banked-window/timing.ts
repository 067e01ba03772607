/** The paths of a banked window: addresses in the banks, lanes that pick their bank, and its sequencer. */
import { memoryShape } from '../../cost/memory.js';
import { chain, luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import { sequencerTiming } from '../window/timing.js';
import type { BankedWindowParameters } from './parameters.js';

export function bankedWindowTiming(unit: BankedWindowParameters): TimingPath[] {
  const { bits, inWidth, window, tapLanes, blocks, address = 0 } = unit;
  const { input, kernel, rows } = window;
  const module = 'flexor_window_banked';
  const columns = tapLanes ? kernel[1] : 1;
  const word = Math.min(inWidth, input.channels / blocks);
  const depth = Math.ceil(input.width / columns) * (input.channels / blocks / word);
  const block = memoryShape('ram', word * bits, depth).made === 'block';
  const banks = rows * columns * blocks;
  const addressBits = Math.ceil(Math.log2(Math.max(2, depth)));
  const read = block ? 'blockRam' : 'register';
  const sums = [chain(addressBits, 4), ...(columns > 1 ? [chain(addressBits, 2)] : [])];
  const to = address > 0 || !block ? 'register' : 'blockRam';
  return [
    path('addresses in the banks', { module, to, fanOut: rows * blocks * (block ? 1 : 8) }, sums),
    path('lanes that pick a bank', { module, from: read }, [
      multiplexer(word),
      multiplexer(rows),
      multiplexer(columns),
      luts(1),
    ]),
    path('bank that a lane picks', { module }, [
      luts(2, 8),
      multiplexer(rows, kernel[0] * bits),
      multiplexer(columns),
      luts(1),
    ]),
    path('enable of the banks', { module, to, fanOut: banks }, [luts(1, 64), luts(1, 16), luts(1, 512)]),
    sequencerTiming(window, inWidth),
  ];
}
