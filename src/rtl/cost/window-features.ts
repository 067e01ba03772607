/** Window units and the vector buffer. */
import { counterBits, type Features } from './features.js';
import { muxLuts } from './memory.js';
import { memoryFeatures } from './stream-features.js';
import type { BankedWindowUnit, SerialWindowUnit, VectorBufferUnit } from './units.js';
import type { WindowPlan } from '../plan.js';

/** Widths of the sequencer's registers (hw/flexor_window_sequencer.v), as the window units set them. */
function sequencer({ input, kernel, stride, rows }: WindowPlan, inWidth: number) {
  const log2 = (n: number): number => Math.ceil(Math.log2(n));
  return {
    slot: counterBits(rows),
    row: log2(input.height + rows + kernel[0] + stride[0]) + 2,
    column: log2(input.width + kernel[1] + stride[1]) + 2,
    channel: input.channels > inWidth ? counterBits(input.channels / inWidth) : 0,
  };
}

export function serialWindowFeatures({ bits, inWidth, window, simd, steps }: SerialWindowUnit): Features {
  const { input, kernel, stride, rows } = window;
  const memory = memoryFeatures('ram', inWidth * bits, (rows * input.width * input.channels) / inWidth);
  const { slot, row, column, channel } = sequencer(window, inWidth);
  const address = counterBits(rows * input.width * input.channels);
  const position = Math.ceil(Math.log2((input.width + kernel[1] + stride[1]) * input.channels)) + 2;
  const offset = Math.ceil(Math.log2(kernel[1] * input.channels + 1));
  const tap = Math.ceil(Math.log2(kernel[0] + 1));
  const lanes = simd > 1;
  const laneState = lanes ? memoryFeatures('array', tap + offset, simd) : null;
  const step = steps > 1 ? counterBits(steps) : 0;
  const laneBits = lanes ? counterBits(simd) : 0;
  return {
    luts: {
      unit: 1,
      rows: row,
      columns: column,
      address,
      'row starts': address * muxLuts(rows + kernel[0]),
      position,
      offsets: tap + offset,
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
}

export function bankedWindowFeatures(unit: BankedWindowUnit): Features {
  const { bits, inWidth, window, simd, steps, tapLanes, blocks } = unit;
  const { input, kernel, stride, rows } = window;
  const columns = tapLanes ? kernel[1] : 1;
  const block = input.channels / blocks;
  const word = Math.min(inWidth, block);
  const depth = Math.ceil(input.width / columns) * (block / word);
  const memory = memoryFeatures('ram', word * bits, depth);
  const banks = rows * columns * blocks;
  const { slot, row, column, channel } = sequencer(window, inWidth);
  const address = counterBits(depth);
  const position = Math.ceil(Math.log2((input.width + kernel[1] + stride[1] + columns) * input.channels)) + 2;
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
      'write enables': banks,
      'kernel rows': kernel[0] * row,
      'kernel columns': columns * column,
      'row multiplexer': kernel[0] * blocks * columns * bits * muxLuts(rows),
      'column multiplexer': columns > 1 ? simd * bits * muxLuts(columns) : 0,
      'one column': columns > 1 ? 0 : simd * bits,
      'read multiplexer': banks * memory.readMux,
      parts: banks * bits * muxLuts(word),
    },
    flipFlops: {
      unit: 1,
      sequencer: 3 * slot + 2 * row + 2 * column + channel,
      address: address + position,
      counters: 2 * step + 2 * select,
      inside,
      output: memory.shape.made === 'block' ? 0 : banks * word * bits,
      parts: Math.log2(word),
    },
    multipliers: 0,
    lutRams: banks * memory.storage.lutRams,
    bram18: banks * memory.storage.bram18,
    memoryBits: banks * memory.storage.memoryBits,
  };
}

export function vectorBufferFeatures({ bits, inWidth, size, simd, steps }: VectorBufferUnit): Features {
  const step = counterBits(steps);
  const write = counterBits(steps / inWidth);
  const memory = memoryFeatures('ram', inWidth * bits, 2 * 2 ** write);
  const short = size - (simd - 1) * steps < steps;
  const { lutRams, bram18, memoryBits } = memory.storage;
  return {
    luts: {
      unit: 1,
      steps: step,
      lanes: simd,
      'short lane': short ? bits : 0,
      'read multiplexer': simd * memory.readMux,
      'write decoder': simd * memory.writeDecode,
      parts: simd * bits * muxLuts(inWidth),
    },
    flipFlops: {
      unit: 1,
      counters: step + write + counterBits(simd),
      output: memory.shape.made === 'block' ? 0 : simd * inWidth * bits,
      parts: Math.log2(inWidth),
      'short lane': short ? 1 : 0,
    },
    multipliers: 0,
    lutRams: simd * lutRams,
    bram18: simd * bram18,
    memoryBits: simd * memoryBits,
  };
}
