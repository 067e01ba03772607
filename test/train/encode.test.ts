/** Encoding a model: quantised activations in training, what it starts from, what stays, and what comes out. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { digits } from '../../src/data/digits.js';
import { gatherBatch, type Dataset } from '../../src/data/dataset.js';
import { inMemory } from '../../src/data/source.js';
import { floatEvaluator } from '../../src/model/evaluate.js';
import { StepFunction, ROUNDINGS } from '../../src/model/quantiser.js';
import type { DenseNode, FlexorModel, Quantiser } from '../../src/model/types.js';
import { readModel } from '../../src/model/read.js';
import { writeModel } from '../../src/model/write.js';
import { rounding } from '../../src/train/engine/elementwise.js';
import type { Engine } from '../../src/train/engine/engine.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { parseNetwork } from '../../src/train/networks/description.js';
import { describedNetwork } from '../../src/train/networks/described.js';
import { describeModel, modelNetwork } from '../../src/train/networks/of-model.js';
import { commandLine } from '../../src/train/run/command-line.js';
import type { TrainConfig } from '../../src/train/run/config.js';
import { accuracy } from '../../src/train/run/evaluate.js';
import { COSINE } from '../../src/train/run/recipes.js';
import { renormalised } from '../../src/train/run/renorm.js';
import { train } from '../../src/train/run/trainer.js';
import { initialParameters } from '../../src/train/weights/initial.js';
import { modelStart } from '../../src/train/weights/model-start.js';

const bipolar: Quantiser = { kind: 'bipolar', scale: 0.5 };

describe('quantisers in training', () => {
  it.each(ROUNDINGS)('round as the float network does: %s', (mode) => {
    const random = new Random(4);
    for (const [signed, narrow] of [
      [true, true],
      [false, false],
    ] as const) {
      const quantiser: Quantiser = { kind: 'uniform', bits: 3, signed, narrow, scale: 0.3, rounding: mode };
      const [exact, quick] = [new StepFunction(quantiser), rounding(quantiser)];
      const ties = Array.from({ length: 41 }, (_, i) => 0.15 * (i - 20));
      for (const x of [...ties, ...Array.from({ length: 200 }, () => 2 * random.normal())]) {
        expect(quick(x), String(x)).toBe(exact.integer(x) * 0.3);
      }
    }
  });

  it('let gradients through between their values and half a step around them', async () => {
    const engine = await createEngine('wasm');
    const { tf } = engine;
    const x = [-2, -0.6, -0.4, 0, 0.4, 0.7, 1.2];
    const gradient = (quantiser: Quantiser): number[] =>
      tf.tidy(() => [
        ...engine.read(
          tf.grad((a) => engine.quantise(a, quantiser))(tf.tensor1d(x), tf.tensor1d([1, 2, 3, 4, 5, 6, 7])),
        ),
      ]);
    expect(gradient(bipolar)).toEqual([0, 0, 3, 4, 5, 0, 0]);
    const two: Quantiser = {
      kind: 'uniform',
      bits: 2,
      signed: false,
      narrow: false,
      scale: 0.25,
      rounding: 'half-even',
    };
    // From −0.125 to 0.875.
    expect(gradient(two)).toEqual([0, 0, 0, 4, 5, 6, 0]);
    const clamped = tf.tidy(() => [
      ...engine.read(tf.grad((a) => engine.clamp(a, -0.5, null))(tf.tensor1d(x), tf.tensor1d([1, 2, 3, 4, 5, 6, 7]))),
    ]);
    expect(clamped).toEqual([0, 0, 3, 4, 5, 6, 7]);
  });
});

/** One- and two-bit activations, a preprocessing of its own, layers with and without batch norm. */
const DESCRIPTION = parseNetwork(
  {
    networkVersion: 1,
    name: 'few_bits',
    recipe: 'lenet5',
    input: { mean: [0.5], std: [0.5], quantiser: { bipolar: true, scale: 1 } },
    layers: [
      {
        kind: 'conv',
        name: 'conv',
        outChannels: 6,
        kernel: [5, 5],
        stride: [3, 3],
        group: 0,
        batchNorm: true,
        relu: false,
      },
      { kind: 'activation', name: 'tanh', clamp: [-1, 1], quantiser: { bipolar: true, scale: 1 } },
      {
        ...{ kind: 'dense', name: 'fc1', outChannels: 20, group: 0, bias: true, batchNorm: true, relu: false },
        quantiser: { bits: 2, signed: true, narrow: true, scale: 0.5, rounding: 'half-even' },
      },
      { kind: 'dense', name: 'fc2', outChannels: 'classes', group: null, bias: true, relu: false },
    ],
  },
  'few_bits.json',
);
const CONFIG: TrainConfig = {
  ...{ ...COSINE, dataset: 'digits', weights: 'full', epochs: 6, batch: 20, limit: 300, rate: 0.01, seed: 3 },
  described: DESCRIPTION,
};
const files = { checkpoint: null, resume: false };

let engine: Engine;
let dataset: Dataset;
let model: FlexorModel;

beforeAll(async () => {
  engine = await createEngine('wasm');
  dataset = { ...digits({ train: 300, test: 100 }), normalisation: { mean: [0.5], std: [0.5] } };
  const trained = (await train(engine, CONFIG, inMemory(dataset), files)).model;
  // As an importer leaves it: batch norms of any statistics and epsilon, that say the same.
  model = {
    ...trained,
    nodes: trained.nodes.map((node) => {
      if (node.kind !== 'dense' || node.batchNorm === null) return node;
      const { gamma, beta, mean, variance, epsilon } = node.batchNorm;
      const factor = gamma.map((g, c) => g / Math.sqrt(variance[c]! + epsilon));
      const offset = beta.map((b, c) => b - mean[c]! * factor[c]!);
      const plain = { mean: mean.map(() => 0), variance: mean.map(() => 0), epsilon: 4 };
      return { ...node, batchNorm: { gamma: factor.map((f) => 2 * f), beta: offset, ...plain } };
    }),
  };
});

const encodeConfig = (keep: readonly string[]): TrainConfig => ({
  ...{ ...CONFIG, weights: 'flexor-nearest', init: 'digest', encode: { keep }, reestimate: 300, nIn: 6, nOut: 10 },
  described: describeModel({ path: 'm.flexor', model }, keep),
});

describe('a network with quantisers', () => {
  it('comes back from the model that was trained', () => {
    const spec = describedNetwork(DESCRIPTION, model.input.shape, 10);
    const again = modelNetwork({ path: 'm.flexor', model }, ['fc2']);
    expect(again).toEqual({ ...spec, name: 'few_bits_digits_full' });
    expect(model.input.quantiser).toEqual({ kind: 'bipolar', scale: 1 });
    expect(Buffer.from(writeModel(readModel(writeModel(model), 'm').model))).toEqual(Buffer.from(writeModel(model)));
  });

  it('has the accuracy in training that the float network has, before and after its batch norms are rewritten', async () => {
    const network = modelNetwork({ path: 'm.flexor', model });
    const values = {
      seed: 0,
      weights: 'full',
      planes: 1,
      matrices: [],
      alpha: null,
      xStd: 1,
      optimiser: 'adam',
    } as const;
    const start = modelStart(model, network);
    const layers = initialParameters(network, { ...values, start });
    const { test: source } = inMemory(dataset);
    const images = { source, count: 100 };
    const { pixels, labels } = gatherBatch(
      dataset,
      dataset.test,
      Uint32Array.from({ length: 100 }, (_, i) => i),
    );
    const said = floatEvaluator(model).logits(pixels);
    const right = [...labels].filter((label, i) => {
      const row = [...said.subarray(10 * i, 10 * i + 10)];
      return row.indexOf(Math.max(...row)) === label;
    }).length;
    expect(right).toBeGreaterThan(40);
    expect(await accuracy(engine, network, layers, images)).toBe(right / 100);
    const again = await renormalised(engine, network, start, layers, images);
    const rewritten = initialParameters(network, { ...values, start: again });
    expect(await accuracy(engine, network, rewritten, images)).toBe(right / 100);
    expect(again.get('fc1')!.batchNorm!.variance).not.toEqual(start.get('fc1')!.batchNorm!.variance);
  });
});

describe('encoding', () => {
  it('gives codes of M⊕, and keeps quantisers, preprocessing and the layers that are named', async () => {
    const config = encodeConfig(['fc2']);
    const init = { path: 'm.flexor', model };
    const result = await train(engine, config, inMemory(dataset), { ...files, init });
    const encoded = result.model;
    const [conv, tanh, fc1, fc2] = encoded.nodes as [DenseNode, unknown, DenseNode, DenseNode];
    for (const { weights } of [conv, fc1]) {
      expect(weights).toMatchObject({ encoding: 'xor', planes: [{ matrix: { nIn: 6, nOut: 10 } }] });
    }
    expect(fc2.weights).toEqual((model.nodes[3] as DenseNode).weights);
    expect(fc2.bias).not.toEqual((model.nodes[3] as DenseNode).bias);
    expect(fc1.quantiser).toEqual((model.nodes[2] as DenseNode).quantiser);
    expect(tanh).toMatchObject({ kind: 'activation', clamp: [-1, 1], quantiser: { kind: 'bipolar', scale: 1 } });
    expect(encoded.input).toEqual(model.input);
    expect(result.originalAccuracy).toBeGreaterThan(0.4);
    // A few epochs from the nearest codes make it no worse by much than the model.
    expect(encoded.provenance.testAccuracy).toBeGreaterThan(result.originalAccuracy! - 0.2);
    expect(commandLine({ ...config, file: 'm.flexor' })).toMatch(
      /^flexor encode m.flexor --dataset digits --nin 6 --nout 10 --taps 2 --keep fc2 --epochs 6 /,
    );
  });

  it('starts from the codes of a model that has these codes already', async () => {
    const init = { path: 'm.flexor', model };
    const config = { ...encodeConfig([]), rate: 1e-9 };
    const first = (await train(engine, config, inMemory(dataset), { ...files, init })).model;
    const again = { ...config, described: describeModel({ path: 'f.flexor', model: first }) };
    const second = (
      await train(engine, again, inMemory(dataset), { ...files, init: { path: 'f.flexor', model: first } })
    ).model;
    for (const name of ['conv', 'fc1', 'fc2']) {
      const [a, b] = [first, second].map((m) => m.nodes.find((node) => node.name === name) as DenseNode);
      expect(b!.weights, name).toEqual(a!.weights);
    }
  });

  it('says which layers there are where --keep names none of them', () => {
    expect(() => describeModel({ path: 'm.flexor', model }, ['tanh'])).toThrow(
      '--keep names layers with weights of m.flexor: conv, fc1, fc2, got tanh',
    );
  });
});
