/** Graphs that cannot be built: one line that names the node and the rule. */
import { describe, expect, test } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { lower, type LowerOptions } from '../../src/fixed/lower.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import type { FlexorModel, ModelNode } from '../../src/model/types.js';
import { RESIDUAL_NODES, SPREAD_NODES, tinyModel, type TinyNode } from '../support/tiny-model.js';

const DIGEST = '3'.repeat(64);
const LOGITS: TinyNode = { kind: 'dense', channels: 3, weights: { relu: false } };
const SAME = [1, 1, 1, 1] as const;

/** A model whose node of this name reads another. */
function rewired(model: FlexorModel, name: string, input: string): FlexorModel {
  const nodes = model.nodes.map((node) => (node.name === name ? ({ ...node, input } as ModelNode) : node));
  return { ...model, nodes };
}

const AVERAGE: TinyNode = { kind: 'average', from: 'input' };
const JOIN: TinyNode = { kind: 'concat', with: ['conv1'] };
const RESIDUAL = tinyModel(1, RESIDUAL_NODES);
const WIDE: TinyNode[] = [
  { kind: 'conv', channels: 2, padding: SAME, weights: { batchNorm: true } },
  { kind: 'average', kernel: [32, 32], stride: [1, 1] },
  LOGITS,
];

const CASES: readonly [what: string, model: FlexorModel, options: LowerOptions, message: RegExp][] = [
  [
    'a cycle',
    rewired(RESIDUAL, 'conv2', 'add4'),
    {},
    /: conv2\.inputs: must name a node that stands before it, got 'add4', which makes a cycle or stands behind it$/,
  ],
  [
    'a node that reads itself',
    rewired(RESIDUAL, 'conv2', 'conv2'),
    {},
    /: conv2\.inputs: must name a node that stands before it, got 'conv2', which makes a cycle/,
  ],
  [
    'a node that is not there',
    rewired(RESIDUAL, 'conv2', 'conv99'),
    {},
    /: conv2\.inputs: must name a node that stands before it, got 'conv99'$/,
  ],
  [
    'shapes that differ in an addition',
    tinyModel(1, [
      { kind: 'conv', channels: 4, padding: SAME },
      { kind: 'conv', channels: 6, padding: SAME, weights: { relu: false } },
      { kind: 'add', with: 'conv1' },
      LOGITS,
    ]),
    {},
    /: add3\.inputs: must have one shape, got conv2 with 8×8×6 and conv1 with 8×8×4$/,
  ],
  [
    'a window larger than its input',
    tinyModel(1, [{ kind: 'conv', channels: 2, kernel: [9, 3] }, LOGITS]),
    {},
    /: conv1\.kernel: must fit in the padded input of 8×8, got 9×3$/,
  ],
  [
    'an average pool in a concatenation',
    tinyModel(1, [{ kind: 'conv', channels: 4, kernel: [2, 2], stride: [2, 2] }, AVERAGE, JOIN, LOGITS]),
    {},
    /^layer concat3: an average pool is an exact sum, so that average2 cannot have the scale of the other inputs; put a/,
  ],
  [
    'bits that differ in a concatenation',
    tinyModel(1, SPREAD_NODES),
    { layerBits: { conv3: 4 } },
    /^layer concat4: what is concatenated must have one number of bits, got 4 of conv3 and 8 of conv2$/,
  ],
  [
    'a convolution behind a flattened tensor',
    tinyModel(1, [{ kind: 'flatten' }, { kind: 'conv', channels: 2, kernel: [1, 1] }, LOGITS]),
    {},
    /^layer conv2: only a dense layer can follow a flattened tensor$/,
  ],
  [
    'a sum that is too wide',
    tinyModel(1, WIDE, { height: 32, width: 32, channels: 1 }),
    { activationBits: 16 },
    /^layer average2: the exact sum of 1024 activations of 16 bits needs 26 bits, the most are 24; use fewer activation bits/,
  ],
  [
    'multipliers that are too narrow',
    tinyModel(1, [{ kind: 'conv', channels: 2, weights: { q: 2, batchNorm: true } }, LOGITS]),
    { multiplierBits: 2, activationBits: 16 },
    /^layer conv1: multiplier .* does not fit 2 signed bits even without a shift .*; use more multiplier bits or fewer/,
  ],
  [
    'more bits than there are',
    RESIDUAL,
    { layerBits: { conv1: 17 } },
    /^activation bits of layer conv1 must be an integer/,
  ],
];

describe('what cannot be built', () => {
  test.each(CASES)('%s', (_, model, options, message) => {
    const build = (): unknown => lower(model, DIGEST, options);
    expect(build).toThrow(FlexorError);
    expect(build).toThrow(message);
  });

  test.each<[what: string, layer: TinyNode, name: string]>([
    ['groups', { kind: 'conv', channels: 4, groups: 2 }, 'conv2'],
    ['dilation', { kind: 'conv', channels: 4, dilation: [1, 2] }, 'conv2'],
    ['concatenation', { kind: 'concat', with: ['input'] }, 'concat2'],
  ])('%s can, in hardware', (_, layer, name) => {
    const first: TinyNode = { kind: 'conv', channels: 4, padding: SAME };
    const network = lower(tinyModel(1, [first, layer, LOGITS]), DIGEST);
    const { manifest } = generateRtl(makeDesign(network));
    expect(manifest.layers.map((each) => each.name)).toContain(name);
  });

  test('planes of different slices, in hardware', () => {
    const model = tinyModel(1, [{ kind: 'conv', channels: 4, weights: { q: 2, nIn: 6, nOut: 10 } }, LOGITS]);
    const network = lower(model, DIGEST);
    const nodes = network.nodes.map((node) => {
      if (node.kind !== 'conv') return node;
      const [first, second] = node.planes;
      return { ...node, planes: [first!, { ...second!, nOut: 9 }] };
    });
    const build = (): unknown => generateRtl(makeDesign({ ...network, nodes }));
    expect(build).toThrow('layer conv1: all planes must have the same N_in and N_out');
  });
});
