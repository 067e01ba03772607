/** A small untrained model for the built-in digits, so that commands can be tested on images without a training run. */
import type { FlexorModel } from '../../src/model/types.js';
import { tinyModel } from './tiny-model.js';
import type { TinyNode } from './tiny-model.js';

const WEIGHTS = { nIn: 12, nOut: 20 };

const CONVOLUTION: readonly TinyNode[] = [
  { kind: 'conv', channels: 4, kernel: [5, 5], stride: [2, 2], padding: [2, 2, 1, 1], weights: WEIGHTS },
  { kind: 'pool', kernel: [3, 3], stride: [3, 3] },
  { kind: 'flatten' },
  { kind: 'dense', channels: 10, weights: { ...WEIGHTS, relu: false } },
];

/** The least that takes a digit: a pooling and a dense layer. */
export const SMALLEST_DIGIT_NODES: readonly TinyNode[] = [
  { kind: 'pool', kernel: [7, 7], stride: [7, 7] },
  { kind: 'flatten' },
  { kind: 'dense', channels: 10, weights: { nIn: 6, nOut: 10, relu: false } },
];

export function digitModel(seed: number, dataset = 'digits', nodes = CONVOLUTION): FlexorModel {
  const model = tinyModel(seed, nodes, { height: 28, width: 28, channels: 1 });
  return {
    ...model,
    input: { ...model.input, preprocessing: { mean: [0], std: [1] }, range: { min: 0, max: 1 } },
    provenance: { ...model.provenance, dataset },
  };
}
