/**
 * Number formats and scales of activations, from the ranges seen on training data. A value that is never negative becomes
 * unsigned, with the largest integer at the top of the range; any other becomes signed, with the largest magnitude at
 * 2^(A−1) − 1. Real 0 is integer 0 in both, so padding and ReLU are exact.
 */
import { FlexorError } from '../base/errors.js';
import type { ActivationRange, WeightedNode } from '../model/types.js';
import { formatRange } from './shapes.js';
import { StepFunction } from '../model/quantiser.js';
import type { IntFormat, IntInputQuantiser, IntNetwork, IntTensor } from './types.js';

export interface ActivationFormat {
  readonly format: IntFormat;
  /** Real value of one unit. */
  readonly scale: number;
}

/** Range of what a layer puts out, behind its ReLU where it has one. */
export function outputRange({ relu, range }: Pick<WeightedNode, 'relu' | 'range'>): ActivationRange {
  return relu ? { min: 0, max: Math.max(0, range.max) } : range;
}

/** Format and scale of a tensor with this range in `bits` bits. `where` names the layer in errors. */
export function activationFormat(range: ActivationRange, bits: number, where: string): ActivationFormat {
  const signed = range.min < 0;
  if (signed && bits < 2) {
    throw new FlexorError(
      'width',
      `layer ${where}: ${bits} activation bit cannot hold the range ${range.min} to ${range.max}; use at least 2 bits`,
    );
  }
  const largest = 2 ** (signed ? bits - 1 : bits) - 1;
  const magnitude = Math.max(Math.abs(range.min), Math.abs(range.max));
  return { format: { bits, signed }, scale: magnitude > 0 ? magnitude / largest : 1 };
}

/** The same where the model says how: a bipolar input of one bit stores −1 as 0. */
function quantisedInput(
  quantiser: IntInputQuantiser,
  { format }: IntTensor,
  preprocessed: ArrayLike<number>,
): Int32Array {
  const steps = new StepFunction(quantiser);
  const oneBit = quantiser.kind === 'bipolar' && !format.signed;
  return Int32Array.from({ length: preprocessed.length }, (_, i) => {
    const integer = steps.integer(preprocessed[i]!);
    return oneBit ? (integer + 1) / 2 : integer;
  });
}

/** Preprocessed input values (any number of images) as the integers that the network takes: floor(x/s + 0.5), clamped. */
export function quantiseInput(network: IntNetwork, preprocessed: ArrayLike<number>): Int32Array {
  if (network.inputQuantiser !== undefined) return quantisedInput(network.inputQuantiser, network.input, preprocessed);
  const { format, scale } = network.input;
  const { low, high } = formatRange(format);
  const result = new Int32Array(preprocessed.length);
  for (let i = 0; i < result.length; i++) {
    result[i] = Math.min(high, Math.max(low, Math.floor(preprocessed[i]! / scale + 0.5)));
  }
  return result;
}
