/** Quantised tensors of the float network against those of the integer network. */
import { expect, it } from 'vitest';
import { compareTensors } from '../../src/app/compare-tensors.js';
import { lowerWithPlaces } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { elementCount } from '../../src/graph/shapes.js';
import { preprocess } from '../../src/model/evaluate.js';
import type { FlexorModel, Quantiser } from '../../src/model/types.js';
import { tinyModel, tinyPixels } from '../support/tiny-model.js';

const DIGEST = '0'.repeat(64);
const IMAGES = 4;
const uniform = (bits: number, signed: boolean, scale: number): Quantiser => {
  return { kind: 'uniform', bits, signed, narrow: false, scale, rounding: 'half-even' };
};

/** A model whose input and hidden layers carry quantisers, with weights of one plane. */
function quantised(seed: number): FlexorModel {
  const weights = { q: 1, nIn: 4, nOut: 6, batchNorm: true } as const;
  const model = tinyModel(seed, [
    { kind: 'conv', channels: 4, kernel: [3, 3], weights },
    { kind: 'pool' },
    { kind: 'conv', channels: 6, kernel: [3, 3], weights },
    { kind: 'flatten' },
    { kind: 'dense', channels: 3, weights: { relu: false } },
  ]);
  const nodes = model.nodes.map((node) => {
    return node.kind === 'conv' ? { ...node, quantiser: uniform(3, false, node.range.max / 7) } : node;
  });
  return { ...model, input: { ...model.input, quantiser: uniform(6, true, 0.1) }, nodes };
}

function figures(model: FlexorModel, lowered: FlexorModel) {
  const made = lowerWithPlaces(lowered, DIGEST);
  const pixels = tinyPixels(model, IMAGES, 1);
  const preprocessed = preprocess(model, pixels);
  const size = elementCount(model.input.shape);
  const quantisedImages = Array.from({ length: IMAGES }, (_, i) =>
    quantiseInput(made.network, preprocessed.subarray(i * size, (i + 1) * size)),
  );
  const images = { preprocessed, quantised: quantisedImages, count: IMAGES };
  return compareTensors({ model, digest: DIGEST, ...made }, images);
}

it('counts none in a network whose tensors all carry quantisers, and those of other weights', () => {
  const model = quantised(3);
  // Two convolutions, the pool between them and the flattened tensor.
  expect(figures(model, model)).toMatchObject({ images: IMAGES, tensors: 4, differing: 0, differingElements: 0 });
  const other = figures(model, { ...quantised(4), input: model.input })!;
  expect(other.differing).toBeGreaterThan(IMAGES);
  expect(other.differingElements).toBeGreaterThan(other.differing);
});

it('says nothing of a network without quantisers', () => {
  const model = tinyModel(3);
  expect(figures(model, model)).toBeNull();
});
