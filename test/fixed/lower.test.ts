import { describe, expect, it } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { lower } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { inputsOf, isWeighted } from '../../src/graph/order.js';
import { evaluate, preprocess } from '../../src/model/evaluate.js';
import { elementCount } from '../../src/graph/shapes.js';
import type { FlexorModel, ModelNode, WeightedNode } from '../../src/model/types.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { decrypt } from '../../src/xor/matrix.js';
import { unpackBits } from '../../src/base/bits.js';
import { codePlanes, RESIDUAL_NODES, SPREAD_NODES, tinyModel, tinyPixels } from '../support/tiny-model.js';
import type { TinyNode } from '../support/tiny-model.js';

const DIGEST = '5'.repeat(64);

/** The model with changed weighted nodes. */
function changed(model: FlexorModel, change: (node: ModelNode & WeightedNode) => Partial<WeightedNode>): FlexorModel {
  const nodes = model.nodes.map((node) =>
    node.kind === 'conv' || node.kind === 'dense' ? { ...node, ...change(node) } : node,
  );
  return { ...model, nodes };
}

/** Ranges wide enough that no activation is cut off. */
function wide(model: FlexorModel): FlexorModel {
  const nodes = model.nodes.map((node) =>
    'range' in node ? { ...node, range: { min: node.range.min * 4, max: node.range.max * 4 } } : node,
  );
  return { ...model, nodes };
}

/** Largest difference between float and integer logits, relative to the largest float logit. */
function logitError(model: FlexorModel, options: Parameters<typeof lower>[2]): number {
  const count = 8;
  const images = preprocess(model, tinyPixels(model, count, 1));
  const float = evaluate(model, images);
  const network = lower(model, DIGEST, options);
  const simulator = createSimulator(network);
  const size = elementCount(model.input.shape);
  const unit = network.nodes.at(-1)!.outputTensor.scale;
  let [error, largest] = [0, 0];
  for (let n = 0; n < count; n++) {
    const { logits } = simulator.run(quantiseInput(network, images.subarray(n * size, (n + 1) * size)));
    for (const [c, z] of logits.entries()) {
      const exact = float[n * logits.length + c]!;
      error = Math.max(error, Math.abs(z * unit - exact));
      largest = Math.max(largest, Math.abs(exact));
    }
  }
  return error / largest;
}

const SIGNED_HIDDEN: readonly TinyNode[] = [
  {
    kind: 'conv',
    channels: 5,
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 0, 0, 1],
    weights: { relu: false, bias: true },
  },
  { kind: 'pool', kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
  { kind: 'dense', channels: 12, weights: { q: 3, batchNorm: true } },
  { kind: 'dense', channels: 4, weights: { relu: false, batchNorm: true } },
];

describe('lowering', () => {
  it.each([
    ['convolutions, pooling, batch norm, planes', tinyModel(1)],
    ['signed hidden activations', tinyModel(2, SIGNED_HIDDEN)],
    ['groups, dilation and a concatenation', tinyModel(5, SPREAD_NODES)],
    ['several input channels', tinyModel(3, undefined, { height: 9, width: 7, channels: 3 })],
  ])('approaches the float network as bits grow: %s', (_, model) => {
    const fine = logitError(wide(model), { activationBits: 16, multiplierBits: 24, inputBits: 16 });
    const coarse = logitError(wide(model), { activationBits: 8, multiplierBits: 16, inputBits: 8 });
    expect(fine).toBeLessThan(2e-3);
    expect(coarse).toBeLessThan(0.1);
    expect(coarse).toBeGreaterThan(fine);
  });

  it('approaches a float network with additions, shortcuts, average pooling and full-precision layers', () => {
    const model = wide(tinyModel(4, RESIDUAL_NODES));
    const bits = { activationBits: 12, multiplierBits: 24, inputBits: 12 };
    const fine = logitError(model, bits);
    expect(fine).toBeLessThan(0.02);
    expect(logitError(model, { ...bits, floatBits: 2 })).toBeGreaterThan(fine);
    expect(logitError(model, { ...bits, layerBits: { add7: 4 } })).toBeGreaterThan(fine);
    expect(() => lower(model, DIGEST, { layerBits: { conv3: 4 } })).toThrow(
      /name layer conv3; the layers with bits are/,
    );
  });

  it('gives an addition that fits into no layer one of its own', () => {
    const nodes = [
      { kind: 'conv', channels: 4, padding: [1, 1, 1, 1] },
      { kind: 'pool', kernel: [2, 2] },
      { kind: 'pool', from: 'conv1', kernel: [2, 2], stride: [2, 2] },
      { kind: 'add', with: 'pool2', relu: true },
      { kind: 'dense', channels: 3, weights: { relu: false } },
    ] as const satisfies readonly TinyNode[];
    const model = wide(tinyModel(4, nodes));
    const network = lower(model, DIGEST);
    const kinds = network.nodes.map(({ name, kind }) => `${name} ${kind}`);
    expect(kinds).toEqual(['conv1 conv', 'pool2 maxPool', 'pool3 maxPool', 'add4 conv', 'dense5 dense']);
    const bits = { activationBits: 12, multiplierBits: 24, inputBits: 12 };
    expect(logitError(model, bits)).toBeLessThan(0.02);
  });

  it('gives everything that is concatenated one format and scale before it is rounded', () => {
    const model = tinyModel(5, SPREAD_NODES);
    const network = lower(model, DIGEST);
    const [conv1, conv2, conv3, concat] = network.nodes;
    if (concat?.kind !== 'concat') throw new Error('the fourth node is a concatenation');
    const [first, ...others] = [...concat.inputTensors, concat.outputTensor].map(({ format, scale }) => [
      format,
      scale,
    ]);
    for (const other of others) expect(other).toEqual(first);
    const ranges = model.nodes.flatMap((node) => (node.kind === 'conv' ? [node.range] : []));
    const largest = Math.max(...ranges.flatMap(({ min, max }) => [-min, max]));
    expect(first).toEqual([{ bits: 8, signed: true }, largest / 127]);
    const clamps = [conv1, conv2, conv3].map((node) => node && isWeighted(node) && node.requantiser.output);
    expect(clamps).toMatchObject([
      { low: 0, high: 127 },
      { low: 0, high: 127 },
      { low: -128, high: 127 },
    ]);
  });

  it('lets the image and what is added take part in a concatenation', () => {
    const model = tinyModel(6, [
      { kind: 'conv', channels: 2, padding: [1, 1, 1, 1], weights: { relu: false } },
      { kind: 'conv', from: 'input', channels: 2, kernel: [1, 1] },
      { kind: 'add', from: 'conv1', with: 'conv2' },
      { kind: 'concat', with: ['input'] },
      { kind: 'dense', channels: 3, weights: { relu: false } },
    ]);
    const network = lower(model, DIGEST);
    const concat = network.nodes.find((node) => node.kind === 'concat')!;
    // An addition goes by the name of the layer in which it happens.
    expect(concat.inputs).toEqual(['conv1', 'input']);
    expect(concat.inputTensors[0]).toMatchObject({ format: network.input.format, scale: network.input.scale });
    const { min, max } = model.nodes.flatMap((node) => (node.kind === 'add' ? [node.range] : []))[0]!;
    expect(network.input.scale).toBe(Math.max(-min, max, 2) / 127);
    expect(logitError(wide(model), { activationBits: 16, multiplierBits: 24, inputBits: 16 })).toBeLessThan(2e-3);
  });

  it('takes the largest shift whose multipliers fit, and the whole range for logits', () => {
    for (const multiplierBits of [4, 8, 16, 24]) {
      const network = lower(tinyModel(1), DIGEST, { multiplierBits });
      const limit = 2 ** (multiplierBits - 1);
      for (const node of network.nodes.filter(isWeighted)) {
        const largest = Math.max(...node.requantiser.multipliers.flatMap((row) => Array.from(row, Math.abs)));
        expect(largest).toBeLessThanOrEqual(limit);
        expect(largest).toBeGreaterThanOrEqual(node.requantiser.output ? limit / 2 - 1 : limit - 1);
      }
    }
  });

  it('folds one layer as docs/numbers.md says', () => {
    const [conv] = tinyModel(4).nodes as [ModelNode & WeightedNode];
    const model = changed(tinyModel(4), (node) =>
      node.name === conv.name
        ? {
            range: { min: 0, max: 51 },
            bias: Float32Array.of(1, -2, 0.5, 0),
            batchNorm: {
              gamma: Float32Array.of(2, 1, -1, 1),
              beta: Float32Array.of(0.25, 0, 0, 3),
              mean: Float32Array.of(0.5, 0, 0, 1),
              variance: Float32Array.of(4, 1, 0.25, 16),
              epsilon: 0,
            },
          }
        : {},
    );
    const network = lower(model, DIGEST);
    const node = network.nodes[0]!;
    if (node.kind !== 'conv') throw new Error('the first node is a convolution');
    const alpha = codePlanes(conv)[0]!.alpha;
    const [inputScale, outputScale] = [2 / 127, 51 / 255];
    expect(network.input).toMatchObject({ format: { bits: 8, signed: true }, scale: inputScale });
    expect(node.outputTensor).toMatchObject({ format: { bits: 8, signed: false }, scale: outputScale });
    const { shift, low, high } = node.requantiser.output!;
    expect([low, high]).toEqual([0, 255]);
    const gains = [1, 1, -2, 0.25];
    const unit = 2 ** shift / outputScale;
    expect(Array.from(node.requantiser.multipliers[0]!)).toEqual(
      gains.map((g, c) => Math.round(g * alpha[c]! * inputScale * unit)),
    );
    expect(Array.from(node.requantiser.beta)).toEqual([0.75, -2, -1, 2.75].map((o) => Math.round(o * unit)));
  });

  it('keeps M⊕ and encrypted bits, and decrypts the codes', () => {
    const model = tinyModel(1);
    const network = lower(model, DIGEST);
    expect(network.modelDigest).toBe(DIGEST);
    expect(network.nodes.map((node) => node.name)).toEqual(['conv1', 'pool2', 'conv3', 'dense5']);
    expect(network.nodes.flatMap(inputsOf)).toEqual(['input', 'conv1', 'pool2', 'conv3']);
    const source = model.nodes[2] as ModelNode & WeightedNode;
    const node = network.nodes[2]!;
    if (!isWeighted(node)) throw new Error('conv3 has weights');
    expect(node.planes.length).toBe(2);
    for (const [i, plane] of node.planes.entries()) {
      const { matrix, encrypted } = codePlanes(source)[i]!;
      expect(plane.matrix).toEqual(matrix.bits);
      expect(plane.encrypted).toEqual(unpackBits(encrypted, plane.encrypted.length));
      expect(plane.codes).toEqual(decrypt(plane.encrypted, matrix, plane.codes.length));
    }
  });

  it('takes ranges and layers without any extent', () => {
    const still = changed(tinyModel(1), (node) => ({
      range: { min: 0, max: 0 },
      bias: null,
      batchNorm: null,
      weights: {
        encoding: 'xor',
        planes: codePlanes(node).map((plane) => ({ ...plane, alpha: new Float32Array(node.outChannels) })),
      },
    }));
    const network = lower(still, DIGEST);
    const image = quantiseInput(network, new Float32Array(64).fill(1));
    expect(Array.from(createSimulator(network).run(image).logits)).toEqual([0, 0, 0]);
  });

  it('quantises the input to the nearest integer, halves up, clamped', () => {
    const model = tinyModel(1);
    const network = lower({ ...model, input: { ...model.input, range: { min: -1, max: 127 } } }, DIGEST);
    expect(Array.from(quantiseInput(network, [0, 0.5, 0.49, -0.5, -0.51, 1e9, -1e9]))).toEqual([
      0, 1, 0, 0, -1, 127, -128,
    ]);
  });

  it.each<[string, FlexorModel, Parameters<typeof lower>[2], RegExp]>([
    [
      '1-bit signed activations',
      tinyModel(2, SIGNED_HIDDEN),
      { activationBits: 1 },
      /layer conv1: 1 activation bit cannot hold the range/,
    ],
    [
      'activation bits',
      tinyModel(1),
      { activationBits: 17 },
      /activation bits must be an integer from 1 to 16, got 17/,
    ],
    ['multiplier bits', tinyModel(1), { multiplierBits: 1 }, /multiplier bits must be an integer from 2 to 32, got 1/],
    [
      'multipliers that cannot fit',
      changed(tinyModel(1), ({ name }) => (name === 'conv3' ? { range: { min: 0, max: 1e-6 } } : {})),
      {},
      /layer conv3: multiplier \S+ does not fit 16 signed bits even without a shift \(a unit of its input is \S+ units of its output\)/,
    ],
    [
      'multipliers that leave 32 bits, with their size',
      changed(tinyModel(1), ({ name }) => (name === 'conv3' ? { range: { min: 0, max: 1e-20 } } : {})),
      {},
      /layer conv3: multiplier \d\.\d+e\+\d\d does not fit 16 signed bits/,
    ],
    [
      'a bias that leaves the sums that are exact',
      changed(tinyModel(1), ({ name }) => (name === 'conv1' ? { bias: new Float32Array(4).fill(3e38) } : {})),
      {},
      /layer conv1: its bias or batch norm adds 3.*e\+38, .* units of its output, which leaves the sums that are exact/,
    ],
    [
      'ReLU on the logits',
      changed(tinyModel(1), () => ({ relu: true })),
      {},
      /layer dense5: the last layer yields logits and cannot have a ReLU/,
    ],
    [
      'logits of several pixels',
      tinyModel(1, [{ kind: 'conv', channels: 2, weights: { relu: false } }], { height: 4, width: 3, channels: 1 }),
      {},
      /layer conv1: the last layer must yield 1×1 pixels, got 2×1/,
    ],
    [
      'a convolution behind flatten',
      tinyModel(1, [{ kind: 'flatten' }, { kind: 'conv', channels: 2, kernel: [1, 1], weights: { relu: false } }]),
      {},
      /layer conv2: only a dense layer can follow a flattened tensor/,
    ],
  ])('says what does not work: %s', (_, model, options, message) => {
    expect(() => lower(model, DIGEST, options)).toThrow(message);
    expect(() => lower(model, DIGEST, options)).toThrow(FlexorError);
  });
});
