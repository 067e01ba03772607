/** What a banked window costs. */
import { counterBits } from '../../cost/counter.js';
import { muxLuts } from '../../cost/memory.js';
import { memoryFeatures } from '../../cost/memory-features.js';
import { sequencer } from '../window/cost.js';
import { spanOf } from '../window/plan.js';
import type { HardwareUnit } from '../types.js';
import { banksOf } from './banks.js';
import { COEFFICIENTS } from './coefficients.js';
import type { BankedWindowParameters } from './parameters.js';
import { bankedWindowTiming } from './timing.js';

export type { BankedWindowParameters } from './parameters.js';

export const BANKED_WINDOW: HardwareUnit<BankedWindowParameters> = {
  kind: 'bankedWindow',
  module: 'flexor_window_banked',
  parts: { flexor_window_banked: 'window' },
  coefficients: COEFFICIENTS,
  paths: bankedWindowTiming,
  features(unit) {
    const { bits, inWidth, window, simd, steps, blocks } = unit;
    const { input, kernel, stride, rows } = window;
    const span = spanOf(window);
    const { columns, word, depth, width, enables } = banksOf(unit);
    const memory = memoryFeatures('ram', width, depth, enables);
    const { lutRams, bram18, memoryBits } = memory.storage;
    const banks = rows * columns * blocks;
    const { slot, row, column, channel } = sequencer(window, inWidth);
    const address = counterBits(depth);
    const position = Math.ceil(Math.log2((input.width + span[1] + stride[1] + columns) * input.channels)) + 2;
    const step = steps > 1 ? counterBits(steps) : 0;
    const select = (columns > 1 ? counterBits(columns) : 0) + (blocks > 1 ? counterBits(blocks) : 0);
    const inside = kernel[0] + columns;
    return {
      luts: {
        unit: 1,
        sequencer: row + column + slot,
        address: address + position,
        'column addresses': (columns - 1) * position,
        counters: 2 * step + 2 * select + channel,
        'write enables': columns * enables,
        'kernel rows': kernel[0] * row,
        'kernel columns': columns * column,
        'row multiplexer': kernel[0] * blocks * columns * bits * muxLuts(rows),
        'column multiplexer': columns > 1 ? simd * bits * muxLuts(columns) : 0,
        'one column': columns > 1 ? 0 : simd * bits,
        'read multiplexer': columns * memory.readMux,
        parts: banks * bits * muxLuts(word),
      },
      flipFlops: {
        unit: 1,
        sequencer: 3 * slot + 2 * row + 2 * column + channel,
        address: address + position,
        counters: 2 * step + 2 * select,
        inside,
        output: memory.shape.made === 'block' ? 0 : columns * width,
        parts: Math.log2(word),
      },
      multipliers: 0,
      lutRams: columns * lutRams,
      bram18: columns * bram18,
      memoryBits: columns * memoryBits,
    };
  },
};
