/** The paths of a banked window: addresses in the banks, lanes that pick their bank, and its sequencer. */
import { memoryShape } from '../../cost/memory.js';
import { chain, luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import { sequencerTiming } from '../window/timing.js';
import { banksOf } from './banks.js';
import type { BankedWindowParameters } from './parameters.js';

export function bankedWindowTiming(unit: BankedWindowParameters): TimingPath[] {
  const { bits, inWidth, window, blocks, address = 0 } = unit;
  const { kernel, rows } = window;
  const module = 'flexor_window_banked';
  const { columns, word, depth, width, enables } = banksOf(unit);
  const { made, bram18, banks: parts } = memoryShape('ram', width, depth, { enables });
  const block = made === 'block';
  // What has the address of a kernel column; distributed RAM and its registers share an enable by bank.
  const readers = block ? bram18 : rows * blocks;
  const addressBits = Math.ceil(Math.log2(Math.max(2, depth)));
  const read = block ? 'blockRam' : 'register';
  const sums = [chain(addressBits, 4), ...(columns > 1 ? [chain(addressBits, 2)] : [])];
  const to = address > 0 || !block ? 'register' : 'blockRam';
  return [
    path('addresses in the banks', { module, to, fanOut: readers * (block ? 1 : 8) }, sums),
    path('lanes that pick a bank', { module, from: read }, [
      ...(block ? [multiplexer(parts)] : []),
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
    path('enable of the banks', { module, to, fanOut: columns * readers }, [luts(1, 64), luts(1, 16), luts(1, 512)]),
    sequencerTiming(window, inWidth),
  ];
}
