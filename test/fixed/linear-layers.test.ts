/**
 * Layers with neither bias nor ReLU nor quantiser in a model of quantised tensors: their sums are integers of the model, but
 * the integer network rounds them to their range, and what reads them must count in the rounded units.
 */
import { expect, it } from 'vitest';
import { lowerWithPlaces } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { evaluateNodes, preprocess } from '../../src/model/evaluate.js';
import type { FlexorModel, ModelNode, Quantiser } from '../../src/model/types.js';
import { referenceTrace } from '../../src/simulate/reference.js';
import { tinyModel, tinyPixels, type TinyNode } from '../support/tiny-model.js';

const plain = { relu: false } as const;
const conv: TinyNode = { kind: 'conv', channels: 4, padding: [1, 1, 1, 1], weights: plain };
const dense: TinyNode = { kind: 'dense', channels: 3, weights: plain };

function quantiser(scale: number): Quantiser {
  return { kind: 'uniform', bits: 8, signed: true, narrow: false, scale, rounding: 'half-up' };
}

/** All α alike, so that sums are integers of one unit; the tensors that are named are quantised. */
function linearModel(nodes: readonly TinyNode[], names: readonly string[]): FlexorModel {
  const model = tinyModel(3, nodes);
  const changed = model.nodes.map((node): ModelNode => {
    const quantised = 'range' in node && names.includes(node.name) ? { quantiser: quantiser(0.125) } : {};
    if (node.kind !== 'conv' || node.weights.encoding !== 'xor') return { ...node, ...quantised };
    const planes = node.weights.planes.map((plane) => ({ ...plane, alpha: plane.alpha.map(() => 0.125) }));
    return { ...node, ...quantised, weights: { ...node.weights, planes } };
  });
  return { ...model, input: { ...model.input, quantiser: quantiser(1 / 64) }, nodes: changed };
}

it.each<[string, readonly TinyNode[], string]>([
  ['a convolution', [conv, conv, dense], 'conv2'],
  [
    'an addition of two',
    [conv, { ...conv, from: 'input' }, { kind: 'add', with: 'conv1', relu: false }, dense],
    'add3',
  ],
])('are read by %s', (_, nodes, name) => {
  const model = linearModel(nodes, [name]);
  const { network, places } = lowerWithPlaces(model, '5'.repeat(64), {});
  const at = network.nodes.findIndex((node) => node.name === places.get(name));
  for (let seed = 1; seed <= 3; seed++) {
    const image = preprocess(model, tinyPixels(model, 1, seed));
    const float = evaluateNodes(model, image).get(name)!;
    const integers = referenceTrace(network, quantiseInput(network, image))[at + 1]!;
    expect(integers.some((integer) => Math.abs(integer) > 2)).toBe(true);
    for (const [i, value] of float.entries()) expect(Math.abs(integers[i]! - value / 0.125)).toBeLessThanOrEqual(1);
  }
});

it('a concatenation of an activation takes the range of the activation', () => {
  const model = tinyModel(4, [conv, { ...conv, from: 'input' }, { kind: 'concat', with: ['conv1'] }, dense]);
  const range = { min: -30, max: 30 };
  const act: ModelNode = { kind: 'activation', name: 'act', input: 'conv2', batchNorm: null, clamp: [-30, 30], range };
  const nodes = model.nodes.flatMap((node): ModelNode[] => {
    if (node.name === 'conv2') return [node, act];
    return [node.kind === 'concat' ? { ...node, inputs: ['act', 'conv1'] } : node];
  });
  const { network } = lowerWithPlaces({ ...model, nodes }, '5'.repeat(64), {});
  expect(network.nodes.find(({ kind }) => kind === 'concat')!.outputTensor.scale).toBe(30 / 127);
});

it('a concatenation of different quantisers is refused by name', () => {
  const model = linearModel([conv, { ...conv, from: 'input' }, { kind: 'concat', with: ['conv1'] }, dense], ['conv1']);
  const nodes = model.nodes.map((node) => (node.name === 'conv2' ? { ...node, quantiser: quantiser(0.5) } : node));
  expect(() => lowerWithPlaces({ ...model, nodes }, '5'.repeat(64), {})).toThrow(
    'layer concat3: what is concatenated must have one format and scale, got 8 bits signed of scale 0.5 (conv2) and ' +
      '8 bits signed of scale 0.125 (conv1); give both the same quantiser',
  );
});
