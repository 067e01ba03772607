/** Shapes and number ranges of integer tensors, and who reads whom. Elements are counted NHWC. */
import { bitsFor } from '../base/bits.js';
import type { IntFormat, IntNode, IntShape, IntWeightedNode } from './types.js';

/** Smallest and largest integer of a set; both ends belong to it. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Every integer that the format can carry. */
export function formatRange(format: IntFormat): Interval {
  return format.signed
    ? { low: -(2 ** (format.bits - 1)), high: 2 ** (format.bits - 1) - 1 }
    : { low: 0, high: 2 ** format.bits - 1 };
}

/** Elements of a tensor of this shape. */
export function elementCount(shape: IntShape): number {
  return shape.height * shape.width * shape.channels;
}

/** True for nodes with weights (convolution, dense). */
export function isWeighted(node: IntNode): node is Extract<IntNode, IntWeightedNode> {
  return node.kind === 'conv' || node.kind === 'dense';
}

/** Names of what a node reads ('input': the network's input), its residual input last. */
export function inputsOf(node: IntNode): readonly string[] {
  return isWeighted(node) && node.residual !== null ? [node.input, node.residual.input] : [node.input];
}

/** Format of the exact sum of `count` values of a format. */
export function sumFormat(format: IntFormat, count: number): IntFormat {
  const { low, high } = formatRange(format);
  return bitsFor(count * low, count * high);
}

export function sameShape(a: IntShape, b: IntShape): boolean {
  return a.height === b.height && a.width === b.width && a.channels === b.channels;
}

/** Height and width behind a sliding window; not positive where the window does not fit into the padded input. */
export function slidingOutput(
  input: IntShape,
  kernel: readonly [number, number],
  stride: readonly [number, number],
  padding: readonly [number, number, number, number],
): { readonly height: number; readonly width: number } {
  const [top, left, bottom, right] = padding;
  return {
    height: Math.floor((input.height + top + bottom - kernel[0]) / stride[0]) + 1,
    width: Math.floor((input.width + left + right - kernel[1]) / stride[1]) + 1,
  };
}
