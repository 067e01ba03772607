/** Networks from files: those that ship, what a layer may leave out, and what is refused. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseNetwork } from '../../src/app/training/network.js';
import { digits } from '../../src/data/digits.js';
import { inMemory } from '../../src/data/source.js';
import { lower } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { evaluate } from '../../src/model/evaluate.js';
import { readModel } from '../../src/model/read.js';
import { writeModel } from '../../src/model/write.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import type { Engine } from '../../src/train/engine/engine.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { describedNetwork } from '../../src/train/networks/described.js';
import { parseNetwork, readNetwork, type NetworkDescription } from '../../src/train/networks/description.js';
import { lenet5 } from '../../src/train/networks/lenet5.js';
import { tensorShapes } from '../../src/train/networks/network.js';
import { commandLine } from '../../src/train/run/command-line.js';
import type { TrainConfig } from '../../src/train/run/config.js';
import { COSINE } from '../../src/train/run/recipes.js';
import { train } from '../../src/train/run/trainer.js';

const FOLDER = fileURLToPath(new URL('../../networks/', import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const IMAGE = { height: 32, width: 32, channels: 3 };

/** LeNet-5 as a file would have it. */
const LENET5: NetworkDescription = {
  networkVersion: 1,
  name: 'lenet5',
  recipe: 'lenet5',
  layers: [
    { kind: 'conv', name: 'conv1', outChannels: 32, kernel: [5, 5], padding: 'same', group: 0 },
    { kind: 'maxPool', name: 'pool1', kernel: [2, 2] },
    { kind: 'conv', name: 'conv2', outChannels: 64, kernel: [5, 5], padding: 'same', group: 1 },
    { kind: 'maxPool', name: 'pool2', kernel: [2, 2] },
    { kind: 'flatten', name: 'flatten' },
    { kind: 'dense', name: 'fc1', outChannels: 512, group: 2 },
    { kind: 'dense', name: 'fc2', outChannels: 'classes', group: 3, relu: false },
  ],
};

describe('network files', () => {
  it('ship with the toolchain', () => {
    expect(FILES).toEqual([
      'cnv.json',
      'lfc.json',
      'mlp.json',
      'mobilenet_small.json',
      'sfc.json',
      'tfc.json',
      'vgg_small.json',
    ]);
  });

  it.each(FILES)('%s is a network of its name for images and their classes', (file) => {
    const described = readNetwork(`${FOLDER}${file}`);
    expect(`${described.name}.json`).toBe(file);
    const network = describedNetwork(described, IMAGE, 7);
    expect(tensorShapes(network).get(network.layers.at(-1)!.name)).toEqual({ height: 1, width: 1, channels: 7 });
  });

  it('say the same layers as code does', () => {
    const shape = { height: 28, width: 28, channels: 1 };
    expect(describedNetwork(LENET5, shape, 10)).toEqual(lenet5(shape, 10));
  });

  it('have depthwise convolutions as wide as what they read', () => {
    const layers = describedNetwork(readNetwork(`${FOLDER}mobilenet_small.json`), IMAGE, 10).layers;
    const groups = layers.flatMap((layer) => (layer.kind === 'conv' ? [[layer.outChannels, layer.groups]] : []));
    expect(groups.slice(0, 5)).toEqual([
      [16, 1],
      [16, 16],
      [32, 1],
      [32, 32],
      [64, 1],
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', [], /^f: network: .*got \[\]$/],
    ['another version', { ...LENET5, networkVersion: 2 }, /^f: networkVersion: .*got 2$/],
    ['an unknown field', { ...LENET5, colour: 1 }, /^f: network: .*"colour"/],
    ['an unknown recipe', { ...LENET5, recipe: 'vgg' }, /^f: recipe: .*got "vgg"$/],
    ['an unknown layer', { ...LENET5, layers: [{ kind: 'lstm' }] }, /^f: layers\[0\]\.kind: .*got "lstm"$/],
    [
      'a misspelt field',
      { ...LENET5, layers: [{ ...LENET5.layers[0], strides: [1, 1] }] },
      /^f: layers\[0\]: .*"strides"/,
    ],
    [
      'no group',
      { ...LENET5, layers: [{ ...LENET5.layers[0], group: undefined }] },
      /^f: layers\[0\]\.group: .*got nothing$/,
    ],
  ])('with %s are refused in one line', (_, value, message) => {
    expect(() => parseNetwork(value, 'f')).toThrow(message);
  });

  it.each<[string, NetworkDescription['layers'], RegExp]>([
    [
      'a later input',
      [{ kind: 'flatten', input: 'fc' }],
      /^lenet5: flatten1\.inputs: must name a layer that stands before it, got 'fc'$/,
    ],
    [
      'a window too large',
      [{ ...LENET5.layers[0]!, padding: [0, 0, 0, 0], kernel: [33, 5] } as never],
      /^lenet5: conv1\.kernel: must fit in the padded input of 32×32, got 33×5$/,
    ],
    ['no logits', [{ kind: 'flatten' }], /^lenet5: flatten1: the last layer must be a conv or dense layer$/],
    [
      'too few classes',
      [{ kind: 'dense', outChannels: 3, group: 0 }],
      /^lenet5: dense1: must give one number for each of the 10 classes, got 3; use "outChannels": "classes"$/,
    ],
  ])('that do not fit the images are refused: %s', (_, layers, message) => {
    expect(() => describedNetwork({ ...LENET5, layers }, IMAGE, 10)).toThrow(message);
  });

  it('are named on the command line by their end', () => {
    expect(chooseNetwork('resnet20')).toEqual({ network: 'resnet20' });
    expect(chooseNetwork(`${FOLDER}tfc.json`)).toMatchObject({ network: 'lenet5', described: { name: 'tfc' } });
    expect(() => chooseNetwork('resnet21')).toThrow(/^a network is lenet5, .* that ends in \.json, got 'resnet21'$/);
    expect(() => chooseNetwork('nowhere.json')).toThrow(/nowhere\.json/);
  });
});

describe('a network of depthwise convolutions', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine('cpu');
  });

  it('learns, is written and read, and runs as integers', async () => {
    const described: NetworkDescription = {
      ...LENET5,
      name: 'separable',
      layers: [
        {
          kind: 'conv',
          name: 'conv1',
          outChannels: 8,
          kernel: [5, 5],
          stride: [4, 4],
          padding: 'same',
          group: null,
          batchNorm: true,
        },
        {
          kind: 'conv',
          name: 'depthwise',
          outChannels: 'input',
          kernel: [3, 3],
          padding: 'same',
          groups: 'depthwise',
          group: 0,
          batchNorm: true,
        },
        {
          kind: 'conv',
          name: 'dilated',
          input: 'conv1',
          outChannels: 8,
          kernel: [3, 3],
          padding: [2, 2, 2, 2],
          dilation: [2, 2],
          groups: 2,
          group: 0,
          batchNorm: true,
        },
        { kind: 'concat', name: 'both', inputs: ['depthwise', 'dilated'] },
        { kind: 'conv', name: 'pointwise', outChannels: 16, kernel: [1, 1], group: 0, batchNorm: true },
        { kind: 'maxPool', name: 'pool', kernel: [2, 2], stride: [2, 2] },
        { kind: 'dense', name: 'fc', outChannels: 'classes', group: null, bias: true, relu: false },
      ],
    };
    const images = digits({ train: 400, test: 100 });
    const config: TrainConfig = {
      ...COSINE,
      described,
      dataset: 'digits',
      rate: 0.005,
      batch: 20,
      epochs: 3,
    };
    expect(commandLine(config)).toMatch(/^flexor train separable\.json --dataset digits /);
    const { model, history } = await train(engine, config, inMemory(images), { checkpoint: null, resume: false });
    // Who knows nothing has a loss of ln 10.
    expect(history.at(-1)!.loss).toBeLessThan(0.9 * Math.log(10));
    expect(model.name).toBe('separable_digits_12_20');
    const { model: read, digest } = readModel(writeModel(model), 'file');
    expect(read).toEqual(model);
    const network = lower(read, digest);
    const simulator = createSimulator(network);
    const pixels = Float32Array.from(
      images.test.images,
      (p) => (p / 255 - read.input.preprocessing.mean[0]!) / read.input.preprocessing.std[0]!,
    );
    const float = evaluate(read, pixels);
    let same = 0;
    for (let n = 0; n < 100; n++) {
      const { classIndex } = simulator.run(quantiseInput(network, pixels.subarray(n * 784, (n + 1) * 784)));
      const logits = [...float.subarray(n * 10, n * 10 + 10)];
      if (logits.indexOf(Math.max(...logits)) === classIndex) same++;
    }
    expect(same).toBeGreaterThanOrEqual(90);
  });
});
