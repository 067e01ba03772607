/** What both window units cost: the registers of their sequencer. */
import { counterBits } from '../../cost/counter.js';
import { spanOf, type WindowPlan } from './plan.js';

/** Widths of the sequencer's registers (hw/flexor_window_sequencer.v), as the window units set them. */
export function sequencer(window: WindowPlan, inWidth: number) {
  const { input, stride, rows } = window;
  const kernel = spanOf(window);
  const log2 = (n: number): number => Math.ceil(Math.log2(n));
  return {
    slot: counterBits(rows),
    row: log2(input.height + rows + kernel[0] + stride[0]) + 2,
    column: log2(input.width + kernel[1] + stride[1]) + 2,
    channel: input.channels > inWidth ? counterBits(input.channels / inWidth) : 0,
  };
}
