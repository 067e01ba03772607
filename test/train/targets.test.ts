/** What a step learns from, and what the end of a run makes of its batch norms. */
import { beforeAll, describe, expect, it } from 'vitest';
import { digits } from '../../src/data/digits.js';
import { gatherBatch, type Batch, type Dataset } from '../../src/data/dataset.js';
import { inMemory } from '../../src/data/source.js';
import { evaluate } from '../../src/model/evaluate.js';
import type { Engine } from '../../src/train/engine/engine.js';
import { createEngine } from '../../src/train/engine/engines.js';
import type { NetworkSpec } from '../../src/train/networks/network.js';
import { reestimateBatchNorms } from '../../src/train/run/batch-norm-statistics.js';
import { checkConfig, type TrainConfig } from '../../src/train/run/config.js';
import { COSINE, RESNET_COSINE } from '../../src/train/run/recipes.js';
import { labelTargets, trainingTargets } from '../../src/train/run/targets.js';
import { makeTeacher } from '../../src/train/run/teacher.js';
import { train } from '../../src/train/run/trainer.js';
import { initialParameters } from '../../src/train/weights/initial.js';

describe('targets', () => {
  const labels = Int32Array.of(2, 0);

  it('are all on the label, or smoothed', () => {
    expect([...labelTargets(labels, 4, 0)]).toEqual([0, 0, 1, 0, 1, 0, 0, 0]);
    const smoothed = [0.05, 0.05, 0.85, 0.05, 0.85, 0.05, 0.05, 0.05];
    labelTargets(labels, 4, 0.2).forEach((target, i) => expect(target).toBeCloseTo(smoothed[i]!, 6));
  });

  it("take a share of a teacher's probabilities", () => {
    const teacher = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.25, 0.25, 0.25, 0.25);
    const targets = trainingTargets(labels, 4, { labelSmoothing: 0, distilShare: 0.75 }, teacher);
    const wanted = [0.075, 0.15, 0.475, 0.3, 0.4375, 0.1875, 0.1875, 0.1875];
    targets.forEach((target, i) => expect(target).toBeCloseTo(wanted[i]!, 6));
  });

  it.each<[Partial<TrainConfig>, RegExp]>([
    [{ labelSmoothing: 1 }, /--label-smoothing must be from 0 to below 1, got 1/],
    [{ distilShare: 0.5 }, /--distil-share is the share of the model of --distil: give both/],
    [{ distil: 'digest' }, /--distil-share is the share of the model of --distil: give both/],
    [{ reestimate: 100 }, /--bn-reestimate takes a batch of 128 images or more, got 100/],
  ])('%o is refused', (change, message) => {
    expect(() => checkConfig({ ...RESNET_COSINE, ...change })).toThrow(message);
  });
});

const NETWORK: NetworkSpec = {
  name: 'tiny',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    {
      ...{ kind: 'conv', name: 'conv', input: 'input', outChannels: 3, group: 0, bias: false, relu: true },
      ...{ batchNorm: true, kernel: [5, 5], stride: [2, 2], padding: [2, 2, 2, 2], dilation: [1, 1], groups: 1 },
    },
    { kind: 'flatten', name: 'flatten', input: 'conv' },
    {
      ...{ kind: 'dense', name: 'fc', input: 'flatten', outChannels: 10, group: 1 },
      ...{ bias: false, batchNorm: false, relu: false },
    },
  ],
};
const CONFIG: TrainConfig = {
  ...COSINE,
  dataset: 'digits',
  weights: 'full',
  epochs: 1,
  batch: 20,
  limit: 100,
  seed: 3,
};

let engine: Engine;
let dataset: Dataset;

beforeAll(async () => {
  engine = await createEngine('wasm');
  dataset = digits({ train: 100, test: 100 });
});

async function* batchesOf(...indices: number[][]): AsyncGenerator<Batch> {
  for (const each of indices) yield Promise.resolve(gatherBatch(dataset, dataset.train, Uint32Array.from(each)));
}

describe('statistics of batch norms', () => {
  it('are those of all images together, for the weights as they are', async () => {
    const initial = { ...CONFIG, matrices: [] };
    const [parts, whole] = [initialParameters(NETWORK, initial), initialParameters(NETWORK, initial)];
    const images = Array.from({ length: 40 }, (_, i) => i);
    await reestimateBatchNorms(engine, NETWORK, parts, batchesOf(images.slice(0, 20), images.slice(20)));
    await reestimateBatchNorms(engine, NETWORK, whole, batchesOf(images));
    const [a, b] = [parts, whole].map((layers) => layers.get('conv')!.batchNorm!);
    for (let c = 0; c < 3; c++) {
      expect(a!.mean[c]).toBeCloseTo(b!.mean[c]!, 5);
      expect(a!.variance[c]! / b!.variance[c]!).toBeCloseTo(1, 4);
      // Neither the first value nor nothing.
      expect(b!.variance[c]).not.toBeCloseTo(1, 2);
      expect(b!.variance[c]).toBeGreaterThan(0);
    }
  });

  it('are taken anew after an epoch', async () => {
    const run = (reestimate: number) =>
      train(
        engine,
        { ...CONFIG, network: 'resnet20', reestimate },
        inMemory(dataset),
        { checkpoint: null, resume: false },
        {},
        NETWORK,
      );
    const [without, half, all] = [await run(0), await run(40), await run(1000)];
    const [x, y, z] = [without, half, all].map(({ model }) => model.nodes[0] as { batchNorm: { mean: Float32Array } });
    expect(x!.batchNorm.mean).not.toEqual(y!.batchNorm.mean);
    expect(y!.batchNorm.mean).not.toEqual(z!.batchNorm.mean);
    expect(half.history).toHaveLength(1);
    expect(half.history[0]!.testAccuracy).toBe(half.model.provenance.testAccuracy);
  });
});

describe('a teacher', () => {
  it('says what its model says, and changes what a run learns', async () => {
    const data = inMemory(dataset);
    const files = { checkpoint: null, resume: false };
    const config: TrainConfig = { ...CONFIG, network: 'lenet5' };
    const { model } = await train(engine, config, data, files);
    const start = { path: 'teacher.flexor', model };
    const teacher = makeTeacher(engine, start, dataset);
    const { pixels } = gatherBatch(dataset, dataset.train, Uint32Array.of(0, 1, 2));
    const said = teacher.probabilities(pixels);
    for (let i = 0; i < 3; i++) {
      const outputs = evaluate(model, pixels.subarray(784 * i, 784 * (i + 1)));
      const sum = outputs.reduce((total, z) => total + Math.exp(z), 0);
      outputs.forEach((z, c) => expect(said[10 * i + c]).toBeCloseTo(Math.exp(z) / sum, 4));
    }
    const learner = { ...config, seed: 4, distil: 'digest' };
    const losses = async (distilShare: number) =>
      (await train(engine, { ...learner, distilShare }, data, { ...files, distil: start })).history[0]!.loss;
    expect(await losses(1)).not.toBe(await losses(0.5));
  });

  it('may be quantised, but must be for these images', async () => {
    const { model } = await train(engine, { ...CONFIG, weights: 'bwn', network: 'lenet5' }, inMemory(dataset), {
      ...{ checkpoint: null, resume: false },
    });
    const { pixels } = gatherBatch(dataset, dataset.train, Uint32Array.of(4));
    const outputs = evaluate(model, pixels);
    const sum = outputs.reduce((total, z) => total + Math.exp(z), 0);
    const said = makeTeacher(engine, { path: 'bwn.flexor', model }, dataset).probabilities(pixels);
    outputs.forEach((z, c) => expect(said[c]).toBeCloseTo(Math.exp(z) / sum, 4));
    const wider = { ...dataset, shape: { height: 28, width: 30, channels: 1 } };
    expect(() => makeTeacher(engine, { path: 'bwn.flexor', model }, wider)).toThrow(
      /^--distil needs a model for the examples of .*, 28×30×1 in 10 classes; that of bwn.flexor takes 28×28×1 in 10 classes$/,
    );
  });

  it('sees its images preprocessed as its model says', async () => {
    const { model } = await train(engine, { ...CONFIG, network: 'lenet5' }, inMemory(dataset), {
      ...{ checkpoint: null, resume: false },
    });
    const { mean, std } = dataset.normalisation;
    const other = { ...dataset, normalisation: { mean: mean.map((m) => m + 0.25), std: std.map((s) => 2 * s) } };
    const teach = (from: Dataset): Float32Array =>
      makeTeacher(engine, { path: 'teacher.flexor', model }, from).probabilities(
        gatherBatch(from, from.train, Uint32Array.of(5)).pixels,
      );
    const expected = teach(dataset);
    teach(other).forEach((p, c) => expect(p).toBeCloseTo(expected[c]!, 4));
  });
});
