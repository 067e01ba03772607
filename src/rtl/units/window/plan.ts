/** Parameters of a window unit (hw/flexor_window_sequencer.v): what a window is, and how many rows of the image are kept. */
import { UNDILATED, windowSpan } from '../../../graph/window.js';
import type { IntNode, IntShape } from '../../../fixed/types.js';

export interface WindowPlan {
  readonly input: IntShape;
  readonly output: IntShape;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  /** Pixels from one tap to the next. */
  readonly dilation: readonly [number, number];
  /** Image rows in the ring. */
  readonly rows: number;
}

/**
 * Rows of the ring. Within a frame: the rows that a window spans and as many more as one step down needs, so that the rows of the next
 * windows come in while the present ones are read. Between frames: the rows of the last windows and those of the next
 * frame's first windows, without what is padding. More would not shorten the interval between frames; two images are
 * always enough.
 */
function ringRows(height: number, outHeight: number, spanH: number, strideH: number, padTop: number): number {
  const overhang = (outHeight - 1) * strideH - padTop + spanH - height;
  return Math.min(2 * height, Math.max(spanH + strideH, 2 * spanH - padTop - overhang));
}

export function windowPlan(node: Extract<IntNode, { kernel: unknown }>): WindowPlan {
  const { kernel, stride, padding } = node;
  // A kernel of one tap has nothing to be apart from.
  const apart = node.kind === 'conv' ? node.dilation : UNDILATED;
  const dilation = [kernel[0] > 1 ? apart[0] : 1, kernel[1] > 1 ? apart[1] : 1] as const;
  const [input, output] = [node.inputTensor.shape, node.outputTensor.shape];
  const rows = ringRows(
    input.height,
    output.height,
    windowSpan({ kernel, dilation, stride, padding })[0],
    stride[0],
    padding[0],
  );
  return { input, output, kernel, stride, padding, dilation, rows };
}

/** Rows and columns that a window spans. */
export function spanOf({ kernel, dilation, stride, padding }: WindowPlan): readonly [number, number] {
  return windowSpan({ kernel, dilation, stride, padding });
}
