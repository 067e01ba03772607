/** hw/flexor_stream_pool.v: maximum or sum over windows that lie side by side, without a window unit. */
import { counterBits } from '../../cost/counter.js';
import { memoryFeatures, NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { StreamPoolParameters } from './parameters.js';
import { streamPoolTiming } from './timing.js';

export type { StreamPoolParameters } from './parameters.js';

/** Elements along an axis that no window has; below zero where the last window reaches beyond the image. */
function behind({ size, kernel, padding, output }: StreamPoolParameters, axis: 0 | 1): number {
  return size[axis] + padding[axis] - output[axis] * kernel[axis];
}

/** Bits of the number of a window along an axis, and of the place in it (hw/flexor_pool_axis.v). */
function axisBits(unit: StreamPoolParameters, axis: 0 | 1): { readonly window: number; readonly place: number } {
  const left = behind(unit, axis);
  const windows = unit.output[axis] + (left > 0 ? 1 : 0);
  const place = unit.kernel[axis] > 1 ? counterBits(unit.kernel[axis]) : 0;
  return { window: windows > 1 ? counterBits(windows) : 0, place };
}

/** The number of a row of windows is kept only where the first or the last one differs from the others. */
function counters(unit: StreamPoolParameters): number {
  const [rows, columns] = [axisBits(unit, 0), axisBits(unit, 1)];
  const even = unit.padding[0] === 0 && behind(unit, 0) === 0;
  return columns.window + columns.place + rows.place + (even ? 0 : rows.window);
}

export const STREAM_POOL: HardwareUnit<StreamPoolParameters> = {
  kind: 'streamPool',
  module: 'flexor_stream_pool',
  parts: { flexor_stream_pool: 'pool' },
  coefficients: COEFFICIENTS,
  paths: streamPoolTiming,
  features(unit) {
    const { maximum, outBits, channels, inWidth, kernel, output } = unit;
    const beats = channels / inWidth;
    const beat = beats > 1 ? counterBits(beats) : 0;
    const value = inWidth * outBits;
    const kept = kernel[0] === 1 ? 1 : output[1];
    // One beat a pixel, and one value: it is the register that holds the window at hand.
    const memory = beats * kept === 1 ? null : memoryFeatures('ram', value, (kept - 1) * 2 ** beat + beats);
    const logic = memory?.shape.made === 'logic';
    return {
      luts: {
        unit: 1,
        counters: counters(unit) + beat,
        maximum: maximum ? value : 0,
        sum: maximum ? 0 : value,
        'one beat': beats === 1 && memory !== null ? value : 0,
        'read multiplexer': memory?.readMux ?? 0,
        'write decoder': memory?.writeDecode ?? 0,
      },
      flipFlops: {
        counters: counters(unit) + beat,
        'one beat': beats === 1 ? value : 0,
        output: memory === null || memory.shape.made === 'block' ? 0 : value,
        'logic memory': logic ? value * ((kept - 1) * 2 ** beat + beats) : 0,
      },
      ...NO_STORAGE,
      ...memory?.storage,
    };
  },
};
