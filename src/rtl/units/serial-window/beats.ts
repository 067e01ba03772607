/** The window of a pool: one lane, whose elements are whole beats. */
import type { IntTensor } from '../../../fixed/types.js';
import type { Feeder } from '../../schedule/feeder.js';
import type { Fifo } from '../../schedule/fifo.js';
import { place, type PlacedUnit } from '../types.js';
import type { WindowPlan } from '../window/plan.js';
import { WindowFeeder } from '../window/schedule.js';
import { SERIAL_WINDOW } from './cost.js';

/** Beats of `width` elements of a tensor; a window has `taps` pixels. */
export interface BeatWindow {
  readonly tensor: IntTensor;
  readonly window: WindowPlan;
  readonly width: number;
  readonly taps: number;
}

export function placedBeatWindow({ tensor, window, width, taps }: BeatWindow): PlacedUnit {
  const channels = tensor.shape.channels / width;
  const ofBeats = { ...window, input: { ...tensor.shape, channels } };
  const bits = width * tensor.format.bits;
  return place(SERIAL_WINDOW, { bits, inWidth: 1, window: ofBeats, simd: 1, steps: taps * channels });
}

export function beatFeeder({ tensor, window, width, taps }: BeatWindow, input: Fifo): Feeder {
  return new WindowFeeder(input, window, width, 1, (taps * tensor.shape.channels) / width);
}
