/** A small untrained model for the built-in digits, so that commands can be tested on images without a training run. */
import type { FlexorModel } from '../../src/model/types.js';
import { tinyModel } from './tiny-model.js';

export function digitModel(seed: number, dataset = 'digits'): FlexorModel {
  const weights = { nIn: 12, nOut: 20 };
  const model = tinyModel(
    seed,
    [
      { kind: 'conv', channels: 4, kernel: [5, 5], stride: [2, 2], padding: [2, 2, 1, 1], weights },
      { kind: 'pool', kernel: [3, 3], stride: [3, 3] },
      { kind: 'flatten' },
      { kind: 'dense', channels: 10, weights: { ...weights, relu: false } },
    ],
    { height: 28, width: 28, channels: 1 },
  );
  return {
    ...model,
    input: { ...model.input, preprocessing: { mean: [0], std: [1] }, range: { min: 0, max: 1 } },
    provenance: { ...model.provenance, dataset },
  };
}
