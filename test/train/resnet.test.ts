/** Residual networks: their shapes and sizes, joined steps, batch norms through training, checkpoints and export. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { gatherBatch, type PixelDataset, type PixelSplit } from '../../src/data/dataset.js';
import { prefetched } from '../../src/data/prefetch.js';
import { inMemory, splitInMemory, type BatchSource } from '../../src/data/source.js';
import { classify, floatEvaluator, preprocess } from '../../src/model/evaluate.js';
import { isWeighted } from '../../src/graph/order.js';
import { verifyModel } from '../../src/model/verify.js';
import type { TrainConfig } from '../../src/train/run/config.js';
import type { Engine } from '../../src/train/engine/engine.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { accuracy } from '../../src/train/run/evaluate.js';
import { layerTensors, logits } from '../../src/train/run/forward.js';
import { initialParameters } from '../../src/train/weights/initial.js';
import { groupCount, tensorShapes, type NetworkSpec } from '../../src/train/networks/network.js';
import { allParameters, type LayerParameters } from '../../src/train/weights/parameters.js';
import { fusedPlan, plainPlan, type Plan } from '../../src/train/networks/plan.js';
import { KINDS_WITH_PLANES, type WeightKind } from '../../src/train/weights/quantisers.js';
import { RESNET_COSINE } from '../../src/train/run/recipes.js';
import { train, type TrainHooks, type TrainResult } from '../../src/train/run/trainer.js';
import { networkMatrices } from '../../src/train/run/xor-choice.js';
import { availableEngines, casesFor } from '../support/engines.js';
import { builtIn, resnet8 } from '../support/networks.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-resnet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cifar = { height: 32, width: 32, channels: 3 };

describe.each([
  [20, 269_722, 19],
  [32, 464_154, 31],
] as const)('ResNet-%i', (depth, parameters, convolutions) => {
  const network = builtIn(`resnet${depth}`, cifar, 10);

  it('has the number of parameters of He et al. with option-A shortcuts', () => {
    const layers = initialParameters(network, { ...RESNET_COSINE, weights: 'full', matrices: [] });
    expect(allParameters(layers.values()).reduce((sum, p) => sum + p.values.length, 0)).toBe(parameters);
  });

  it('halves its images twice, and keeps the first and the last layer out of the three groups', () => {
    const shapes = tensorShapes(network);
    const sizes = [1, 2, 3].map((stage) => shapes.get(`stage${stage}_block${(depth - 2) / 6}_add`));
    expect(sizes).toEqual([
      { height: 32, width: 32, channels: 16 },
      { height: 16, width: 16, channels: 32 },
      { height: 8, width: 8, channels: 64 },
    ]);
    const weighted = network.layers.filter(isWeighted);
    const perGroup = (depth - 2) / 3;
    expect(weighted.map((layer) => layer.group)).toEqual([
      null,
      ...[0, 1, 2].flatMap((group) => new Array<number>(perGroup).fill(group)),
      null,
    ]);
    expect(weighted.filter((layer) => layer.kind === 'conv' && layer.batchNorm)).toHaveLength(convolutions);
    expect(groupCount(network)).toBe(3);
  });

  it('needs no step for an addition', () => {
    const { steps } = fusedPlan(network);
    expect(steps.filter((step) => step.layer.kind === 'add')).toEqual([]);
    expect(steps.filter((step) => step.residual !== null)).toHaveLength((depth - 2) / 2);
    expect(steps).toHaveLength(network.layers.length - (depth - 2) / 2);
  });
});

const shape = { height: 8, width: 8, channels: 3 };
const network = resnet8(shape, 4);

/** Images of four classes that differ in colour and in where the light is. */
function images(count: number, random: Random): PixelSplit {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 4);
  const pixels = Uint8Array.from({ length: count * 192 }, (_, i) => {
    const label = labels[Math.floor(i / 192)]!;
    const [y, c] = [Math.floor((i % 192) / 24), i % 3];
    return 60 + 60 * Number(label % 2 === Number(y < 4)) + 40 * Number(label >> 1 === c) + random.below(60);
  });
  return { images: pixels, labels, count };
}

const random = new Random(4);
const dataset: PixelDataset = {
  name: 'four',
  shape,
  normalisation: { mean: [0.5, 0.45, 0.4], std: [0.25, 0.2, 0.3] },
  classes: ['a', 'b', 'c', 'd'],
  train: images(160, random),
  test: images(40, random),
};
const config: TrainConfig = {
  ...RESNET_COSINE,
  epochs: 3,
  batch: 20,
  rate: 0.05,
  warmup: { steps: 4 },
  shift: 1,
  sTanh: 20,
};

/** What differs from `config`: FleXOR, its other encodings, the baselines and the ways to step. */
const CHANGES: readonly (readonly [string, Partial<TrainConfig>])[] = [
  ['FleXOR', {}],
  ['other rates in each group', { nIn: [16, 12, 8] }],
  ['the nearest codes', { weights: 'flexor-nearest', xor: { kind: 'systematic' }, nIn: [16, 12, 8] }],
  ['full precision', { weights: 'full' }],
  ['BWN', { weights: 'bwn' }],
  ['BinaryRelax', { weights: 'binary-relax' }],
  ['TWN', { weights: 'twn' }],
  ['TTQ', { weights: 'ttq' }],
  ['LQ-Net', { weights: 'lq-net', planes: 2 }],
  ['ABC-Net', { weights: 'abc-net', planes: 3 }],
  ['DSQ', { weights: 'dsq', planes: 2 }],
  ['QIL', { weights: 'qil', planes: 2 }],
  ['clipping', { clip: 1 }],
  ['Nesterov and steps', { optimiser: 'nesterov', schedule: 'step', halvings: [0.5] }],
];

/** Kind of weights, how a file stores them, and in how many planes. */
const EXPORTS: readonly (readonly [WeightKind, 'xor' | 'float', number])[] = [
  ['flexor', 'xor', 1],
  ['full', 'float', 0],
  ['bwn', 'xor', 1],
  ['binary-relax', 'xor', 1],
  ['twn', 'xor', 2],
  ['ttq', 'float', 0],
  ['lq-net', 'xor', 2],
  ['abc-net', 'xor', 3],
  ['dsq', 'xor', 2],
  ['qil', 'xor', 2],
];

/**
 * Kinds of weights differ in JavaScript and in the kernels (quantisers.test.ts, engine-native.test.ts), not in what an
 * engine computes (engine.test.ts): the first engine trains all of them, the others the first of each list.
 */
let engine: Engine;
const engines = (await availableEngines()).filter((name) => name !== 'cpu');

function run(
  changes: Partial<TrainConfig>,
  checkpoint: string | null = null,
  hooks: TrainHooks = {},
): Promise<TrainResult> {
  const options = { checkpoint, resume: hooks.onStart !== undefined };
  return train(engine, { ...config, ...changes }, inMemory(dataset), options, hooks, network);
}

function parametersOf(spec: NetworkSpec): Map<string, LayerParameters> {
  const layers = initialParameters(spec, { ...config, matrices: networkMatrices(config, spec) });
  const values = new Random(3);
  for (const { batchNorm } of layers.values()) {
    batchNorm?.mean.forEach((_, c) => (batchNorm.mean[c] = values.normal()));
    batchNorm?.variance.forEach((_, c) => (batchNorm.variance[c] = 0.5 + values.float()));
  }
  return layers;
}

describe.each(engines)('engine %s', (name) => {
  beforeAll(async () => {
    engine = await createEngine(name, { threads: 1 });
  });

  it.each(['training', 'evaluation'] as const)('joined steps give what single ones give, in %s', (mode) => {
    const layers = parametersOf(network);
    const { pixels } = gatherBatch(
      dataset,
      dataset.train,
      Uint32Array.from({ length: 10 }, (_, i) => i),
    );
    const outputs = (plan: Plan): Float32Array =>
      engine.tf.tidy(() => {
        const tensors = new Map([...layers].map(([key, layer]) => [key, layerTensors(engine, layer, mode)]));
        return engine.read(logits(engine, plan, tensors, engine.tf.tensor4d(pixels, [10, 8, 8, 3]))).slice();
      });
    const [joined, single] = [outputs(fusedPlan(network)), outputs(plainPlan(network))];
    expect(Math.max(...joined.map(Math.abs))).toBeGreaterThan(0);
    joined.forEach((value, i) => expect(value).toBeCloseTo(single[i]!, 4));
  });

  const learnt = new Map<string, Promise<TrainResult>>();
  /** Six epochs, run once for the tests that look at them. */
  const sixEpochs = (changes: Partial<TrainConfig>): Promise<TrainResult> => {
    const key = JSON.stringify(changes);
    const result = learnt.get(key) ?? run({ ...changes, epochs: 6 });
    learnt.set(key, result);
    return result;
  };

  it.each(casesFor(name, engines, CHANGES))('learns with %s', async (_, changes) => {
    const { history } = await sixEpochs(changes);
    expect(history[5]!.loss).toBeLessThan(history[0]!.loss * 0.8);
    expect(history[5]!.testAccuracy).toBeGreaterThan(0.5);
  });

  it('starts from a trained network: weights, batch norms with their averages, and the classifier', async () => {
    const { model, parameters, history } = await run({ weights: 'full', epochs: 4 });
    const start = { checkpoint: null, resume: false, init: { path: 'full.flexor', model } };
    const still = { ...config, init: 'digest', epochs: 1, rate: 1e-12, warmup: { steps: 0 }, weightDecay: 0 };
    const from = (weights: WeightKind): Promise<TrainResult> =>
      train(engine, { ...still, weights }, inMemory(dataset), start, {}, network);
    const same = await from('full');
    expect(same.parameters.map(({ values }) => values)).toEqual(parameters.map(({ values }) => values));
    const ttq = await from('ttq');
    const values = new Map(ttq.parameters.map((parameter) => [parameter.name, parameter.values]));
    for (const { name: key, values: expected } of parameters) expect(values.get(key)).toEqual(expected);
    // With the identity as M⊕ the nearest codes of a trained network are those of BWN.
    const identity = { ...still, weights: 'flexor-nearest', nIn: 20, xor: { kind: 'identity' } } as const;
    const nearest = await train(engine, identity, inMemory(dataset), start, {}, network);
    expect(nearest.history[0]!.loss).toBeCloseTo((await from('bwn')).history[0]!.loss, 4);
    expect(history[3]!.testAccuracy).toBeGreaterThan(0.5);
    // Within a twentieth of an epoch of moving averages: the batches' moments have followed.
    expect(Math.abs(same.history[0]!.testAccuracy - history[3]!.testAccuracy)).toBeLessThan(0.15);
  });

  it('refuses a list of N_in that is not one for each group', async () => {
    await expect(run({ nIn: [16, 12] })).rejects.toThrow(
      '--nin takes one value or one for each of the 3 layer groups of resnet8, got 2',
    );
  });

  it('holds encrypted weights within ±clip/S_tanh, the S_tanh of the last step', async () => {
    const sizes = async (changes: Partial<TrainConfig>): Promise<number> => {
      const { parameters } = await run({ epochs: 1, sTanh: 20, sTanhStart: 20, ...changes });
      const encrypted = parameters.filter((parameter) => parameter.name.endsWith('.x0'));
      expect(encrypted).toHaveLength(6);
      return Math.max(...encrypted.flatMap(({ values }) => [...values].map(Math.abs)));
    };
    expect(await sizes({})).toBeGreaterThan(0.002);
    // A float32 is not quite 0.001 or 0.002.
    expect(await sizes({ clip: 0.02 })).toBeCloseTo(0.001, 9);
    expect(await sizes({ clip: 0.02, sTanh: 10, warmup: { steps: 1 } })).toBeCloseTo(0.002, 9);
    expect(await sizes({ clip: 0.02, optimiser: 'adam', weightDecay: 0, rate: 0.01 })).toBeCloseTo(0.001, 9);
  });

  it('continues to the same bits, moving averages and velocities included', async () => {
    const checkpoint = join(folder, `${name}.ckpt`);
    let step = 0;
    const hooks: TrainHooks = {
      onStep: (done) => {
        step = done;
        if (done === 13) throw new Error('stopped');
      },
      checkpointDue: () => step === 11,
    };
    await expect(run({}, checkpoint, hooks)).rejects.toThrow('stopped');
    const resumed = await run({}, checkpoint, { onStart: () => undefined });
    const whole = await run({});
    expect(resumed.model).toEqual(whole.model);
    expect(resumed.parameters).toEqual(whole.parameters);
    expect(resumed.history).toEqual(whole.history);
  });

  it('gives the same bits where batches are made ahead, continued in mid-epoch, too', async () => {
    const ahead = (split: PixelSplit): BatchSource => ({
      count: split.count,
      batches: (requests) =>
        prefetched(requests, 3, ({ indices, augmentation }) =>
          Promise.resolve(gatherBatch(dataset, split, indices, augmentation)),
        ),
    });
    const streamed = { ...inMemory(dataset), train: ahead(dataset.train), test: ahead(dataset.test) };
    const checkpoint = join(folder, `${name}-ahead.ckpt`);
    let step = 0;
    const hooks: TrainHooks = {
      onStep: (done) => {
        step = done;
        if (done === 13) throw new Error('stopped');
      },
      checkpointDue: () => step === 11,
    };
    const files = { checkpoint, resume: false };
    await expect(train(engine, config, streamed, files, hooks, network)).rejects.toThrow('stopped');
    const resumed = await train(engine, config, streamed, { checkpoint, resume: true }, {}, network);
    const whole = await run({});
    expect(resumed.parameters).toEqual(whole.parameters);
    expect(resumed.history).toEqual(whole.history);
  });

  it.each(casesFor(name, engines, EXPORTS))(
    'exports what it evaluates with weights %s: the file gives the same accuracy',
    async (weights, encoding, q) => {
      const planes = KINDS_WITH_PLANES.includes(weights) ? q : 1;
      const { model, history } = await sixEpochs(
        weights === 'flexor' ? {} : planes > 1 ? { weights, planes } : { weights },
      );
      verifyModel(model);
      const { images: pixels, labels, count } = dataset.test;
      const classes = classify(floatEvaluator(model).logits(preprocess(model, pixels)), 4);
      const right = labels.filter((label, n) => classes[n] === label).length;
      expect(right / count).toBe(history[5]!.testAccuracy);
      expect(right / count).toBe(model.provenance.testAccuracy);
      const stored = model.nodes.flatMap((n) => (n.kind === 'conv' || n.kind === 'dense' ? [n.weights] : []));
      expect(stored.map((w) => w.encoding)).toEqual(['float', ...new Array<string>(6).fill(encoding), 'float']);
      for (const each of stored.slice(1, -1)) expect(each.encoding === 'xor' ? each.planes.length : 0).toBe(q);
    },
  );
});

it('accuracy is that of the moving averages, not of the batch', async () => {
  engine = await createEngine('wasm');
  const layers = parametersOf(network);
  const accuracyOn = (split: PixelSplit): Promise<number> =>
    accuracy(engine, network, layers, { source: splitInMemory(dataset, split), count: split.count });
  const before = await accuracyOn(dataset.test);
  const half: PixelSplit = { ...dataset.test, images: dataset.test.images.subarray(0, 20 * 192), count: 20 };
  const alone = await accuracyOn(half);
  const other = {
    ...dataset.test,
    images: dataset.test.images.subarray(20 * 192),
    labels: dataset.test.labels.subarray(20),
    count: 20,
  };
  expect(before).toBeCloseTo((alone + (await accuracyOn(other))) / 2, 10);
});
