/** Number ranges of integer tensors, and the tensors that a node reads. */
import { bitsFor } from '../base/bits.js';
import { isWeighted } from '../graph/order.js';
import type { IntFormat, IntNode, IntTensor } from './types.js';

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

/** The tensors that a node reads, in the order of `inputsOf`. */
export function inputTensorsOf(node: IntNode): readonly IntTensor[] {
  if (node.kind === 'concat') return node.inputTensors;
  return isWeighted(node) && node.residual !== null ? [node.inputTensor, node.residual.tensor] : [node.inputTensor];
}

/** Format of the exact sum of `count` values of a format. */
export function sumFormat(format: IntFormat, count: number): IntFormat {
  const { low, high } = formatRange(format);
  return bitsFor(count * low, count * high);
}

/** Σ_i factors[i]·x_i for x_i anywhere in their intervals. */
export function weightedInterval(inputs: readonly Interval[], factors: readonly number[]): Interval {
  let [low, high] = [0, 0];
  for (const [i, input] of inputs.entries()) {
    const ends = [factors[i]! * input.low, factors[i]! * input.high] as const;
    low += Math.min(...ends);
    high += Math.max(...ends);
  }
  return { low, high };
}
