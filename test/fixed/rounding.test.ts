/**
 * Quantised outputs of layers whose sums are no exact integers (two planes with an α each, an addition): every rule of
 * rounding and bipolar outputs agree with the float network but for values next to a step.
 */
import { expect, test } from 'vitest';
import { lower, lowerWithPlaces } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { evaluateNodes, preprocess } from '../../src/model/evaluate.js';
import { ROUNDINGS } from '../../src/model/quantiser.js';
import type { FlexorModel, Quantiser } from '../../src/model/types.js';
import { referenceTrace } from '../../src/simulate/reference.js';
import { tinyModel, tinyPixels, type TinyNode } from '../support/tiny-model.js';

const INPUT: Quantiser = { kind: 'uniform', bits: 8, signed: true, narrow: false, scale: 1 / 64, rounding: 'half-up' };

/** `conv1` and what follows it, its ranges and quantiser at `at`. */
const planes = { q: 2, nIn: 5, nOut: 7, taps: null, batchNorm: true, relu: false };
const NODES: readonly TinyNode[] = [
  { kind: 'conv', channels: 8, weights: planes },
  { kind: 'conv', channels: 8, kernel: [1, 1], weights: { ...planes, q: 1 } },
  { kind: 'add', with: 'conv1', relu: false },
  { kind: 'dense', channels: 3, weights: { relu: false } },
];

function quantised(seed: number, quantisers: Readonly<Record<string, Quantiser>>): FlexorModel {
  const model = tinyModel(seed, NODES);
  const nodes = model.nodes.map((node) => {
    const quantiser = quantisers[node.name];
    return quantiser === undefined ? node : { ...node, quantiser };
  });
  return { ...model, input: { ...model.input, quantiser: INPUT }, nodes };
}

/** Share of the elements of a tensor that differ, and by how many units at most. */
function differences(model: FlexorModel, name: string): { share: number; most: number } {
  const { network, places } = lowerWithPlaces(model, '5'.repeat(64), {});
  const at = network.nodes.findIndex((node) => node.name === places.get(name));
  const { scale, zero = 0 } = network.nodes[at]!.outputTensor;
  let [count, differ, most] = [0, 0, 0];
  for (let n = 0; n < 6; n++) {
    const image = preprocess(model, tinyPixels(model, 1, n));
    const float = evaluateNodes(model, image).get(name)!;
    const integers = referenceTrace(network, quantiseInput(network, image))[at + 1]!;
    for (const [i, value] of float.entries()) {
      const difference = Math.abs(integers[i]! - zero - value / scale);
      count++;
      if (difference > 1e-3) differ++;
      most = Math.max(most, difference);
    }
  }
  return { share: differ / count, most };
}

const uniform = (rounding: (typeof ROUNDINGS)[number], signed: boolean): Quantiser => ({
  ...{ kind: 'uniform', bits: 4, signed, narrow: false, scale: 0.25, rounding },
});
const bipolar = (scale: number): Quantiser => ({ kind: 'bipolar', scale });

test.each<[string, Quantiser]>([
  ...ROUNDINGS.map((rounding): [string, Quantiser] => [rounding, uniform(rounding, false)]),
  ...ROUNDINGS.filter((rounding) => !['away', 'to-zero'].includes(rounding)).map((rounding): [string, Quantiser] => [
    `signed, ${rounding}`,
    uniform(rounding, true),
  ]),
  ['bipolar', bipolar(0.5)],
])('%s', (_, quantiser) => {
  for (let seed = 1; seed <= 3; seed++) {
    const ofPlanes = differences(quantised(seed, { conv1: quantiser }), 'conv1');
    // conv1 is the other input of the addition, whose layer is conv2.
    const ofSum = differences(quantised(seed, { conv1: quantiser, add3: quantiser }), 'add3');
    for (const { share, most } of [ofPlanes, ofSum]) {
      expect(share).toBeLessThan(0.02);
      expect(most).toBeLessThan(1.001);
    }
  }
});

test.each(['away', 'to-zero'] as const)('refuses signed outputs that round %s', (rounding) => {
  expect(() => lower(quantised(1, { conv1: uniform(rounding, true) }), '5'.repeat(64))).toThrow(
    `layer conv1: a signed output that rounds '${rounding}' must come from weights of one plane`,
  );
});
