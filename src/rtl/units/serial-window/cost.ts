/** What a serial window costs. */
import { counterBits } from '../../cost/counter.js';
import { muxLuts } from '../../cost/memory.js';
import { memoryFeatures } from '../../cost/memory-features.js';
import { sequencer } from '../window/cost.js';
import { spanOf } from '../window/plan.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { SerialWindowParameters } from './parameters.js';
import { serialWindowTiming } from './timing.js';

export type { SerialWindowParameters } from './parameters.js';

export const SERIAL_WINDOW: HardwareUnit<SerialWindowParameters> = {
  kind: 'serialWindow',
  module: 'flexor_window_serial',
  parts: { flexor_window_serial: 'window' },
  coefficients: COEFFICIENTS,
  paths: serialWindowTiming,
  features({ bits, inWidth, window, simd, steps, interleave = 1 }) {
    const { input, stride, rows } = window;
    const span = spanOf(window);
    const memory = memoryFeatures('ram', inWidth * bits, (rows * input.width * input.channels) / inWidth);
    const { slot, row, column, channel } = sequencer(window, inWidth);
    const address = counterBits(rows * input.width * input.channels);
    const position = Math.ceil(Math.log2((input.width + span[1] + stride[1]) * input.channels)) + 2;
    const offset = Math.ceil(Math.log2(span[1] * input.channels + 1));
    const tap = Math.ceil(Math.log2(span[0] + 1));
    const lanes = simd > 1;
    const laneState = lanes ? memoryFeatures('array', tap + offset, simd) : null;
    const step = steps > 1 ? counterBits(steps) : 0;
    // Pixel, group and place in the group of what is written, in the place of one counter.
    const writePlace = interleave > 1 ? 2 * counterBits(input.channels) : 0;
    const laneBits = lanes ? counterBits(simd) : 0;
    return {
      luts: {
        unit: 1,
        rows: row,
        columns: column,
        address,
        'row starts': address * muxLuts(rows + span[0]),
        position,
        offsets: tap + offset,
        'write place': writePlace,
        steps: step + laneBits + channel,
        value: bits,
        lanes: lanes ? 1 : 0,
        'lane starts': lanes ? (tap + offset) * muxLuts(simd) : 0,
        'read multiplexer': memory.readMux,
        parts: bits * muxLuts(inWidth),
      },
      flipFlops: {
        unit: 1,
        sequencer: 2 * slot + 2 * row + 2 * column + channel,
        address: address + position,
        offsets: lanes ? 0 : tap + offset,
        'write place': writePlace,
        steps: step + laneBits,
        gathered: lanes ? simd * bits + counterBits(simd + 1) : 0,
        'lane state': laneState?.shape.made === 'logic' ? (tap + offset) * simd : laneBits,
        output: memory.shape.made === 'block' ? 0 : inWidth * bits,
        parts: Math.log2(inWidth),
      },
      multipliers: 0,
      lutRams: memory.storage.lutRams + (laneState?.storage.lutRams ?? 0),
      bram18: memory.storage.bram18 + (laneState?.storage.bram18 ?? 0),
      memoryBits: memory.storage.memoryBits + (laneState?.storage.memoryBits ?? 0),
    };
  },
};
