/** Parameters of a window unit (hw/flexor_window_sequencer.v): what a window is, and how many rows of the image are kept. */
import type { IntNode, IntShape } from '../../../fixed/types.js';

export interface WindowPlan {
  readonly input: IntShape;
  readonly output: IntShape;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  /** Image rows in the ring. */
  readonly rows: number;
}

/**
 * Rows of the ring. Within a frame: the kernel's rows and as many more as one step down needs, so that the rows of the next
 * windows come in while the present ones are read. Between frames: the rows of the last windows and those of the next
 * frame's first windows, without what is padding. More would not shorten the interval between frames; two images are
 * always enough.
 */
function ringRows(height: number, outHeight: number, kernelH: number, strideH: number, padTop: number): number {
  const overhang = (outHeight - 1) * strideH - padTop + kernelH - height;
  return Math.min(2 * height, Math.max(kernelH + strideH, 2 * kernelH - padTop - overhang));
}

export function windowPlan(node: Extract<IntNode, { kernel: unknown }>): WindowPlan {
  const { kernel, stride, padding } = node;
  const [input, output] = [node.inputTensor.shape, node.outputTensor.shape];
  const rows = ringRows(input.height, output.height, kernel[0], stride[0], padding[0]);
  return { input, output, kernel, stride, padding, rows };
}
