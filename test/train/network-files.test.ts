/** Networks from files: those that ship, what a layer may leave out, and what is refused. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configuration } from '../../src/app/training/configuration.js';
import { chooseNetwork } from '../../src/app/training/network.js';
import { parseYaml } from '../../src/base/yaml.js';
import { FlexorError } from '../../src/base/errors.js';
import { sha256 } from '../../src/base/files.js';
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
import { builtInFile, readComposed } from '../../src/train/networks/compose.js';
import type { NetworkName } from '../../src/train/networks/networks.js';
import { tensorShapes } from '../../src/train/networks/network.js';
import { commandLine } from '../../src/train/run/command-line.js';
import { checkConfig, type TrainConfig } from '../../src/train/run/config.js';
import { COSINE } from '../../src/train/run/recipes.js';
import { train } from '../../src/train/run/trainer.js';
import { networkMatrices } from '../../src/train/run/xor-choice.js';
import { builtIn } from '../support/networks.js';

const FOLDER = fileURLToPath(new URL('../../networks/', import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => /\.(json|yaml)$/.test(name));
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
      'lenet5.yaml',
      'lfc.json',
      'mlp.json',
      'mobilenet_small.json',
      'resnet18.yaml',
      'resnet20.yaml',
      'resnet32.yaml',
      'sfc.json',
      'tfc.json',
      'tfc_w1a1.yaml',
      'vgg_small.json',
    ]);
  });

  it.each(FILES)('%s is a network of its name for images and their classes', (file) => {
    const described = readNetwork(`${FOLDER}${file}`);
    expect(described.name).toBe(file.replace(/\..*/, ''));
    const network = describedNetwork(described, IMAGE, 7);
    expect(tensorShapes(network).get(network.layers.at(-1)!.name)).toEqual({ height: 1, width: 1, channels: 7 });
  });

  it('say the same layers whether a file has them or a program', () => {
    const shape = { height: 28, width: 28, channels: 1 };
    expect(describedNetwork(LENET5, shape, 10)).toEqual(builtIn('lenet5', shape, 10));
  });

  // A run is a function of network, configuration and images. These digests are of the networks that code built before they
  // were files (version 0.2.0), so that runs with the seeds of then give the same bits.
  it.each<[NetworkName, readonly [number, number, number], number, boolean, string]>([
    ['lenet5', [28, 28, 1], 10, false, '8ebdf75b8daad0f185ec3e307420cd3477389d2f2a8fb2229a78c3e27304b752'],
    ['lenet5', [28, 28, 1], 10, true, 'cec20daab264d951be7690dcc5d74ee2ca9104eae606d33f27444327727cbea9'],
    ['lenet5', [32, 32, 3], 7, false, 'fdcc8e12f2ba40085f7512959b4c7d5d1e6848a15b754412c3ee6e94ce60693d'],
    ['resnet20', [32, 32, 3], 10, false, 'b0f111159c2ce88fd6abe0e4e7ce5bf5c56dce4d2ef41ffdc9b19b37e482cb8e'],
    ['resnet20', [28, 28, 1], 5, false, '878a1ead49cd23f6dbf9e1bd7f7ed10bc6597b4c51cf7640d3a897d15073f27a'],
    ['resnet32', [32, 32, 3], 10, false, '95bfef8524b51b4ef43c67caa79a0d7698c13445f5cfb5f0e65f5ed191f639e8'],
    ['resnet18', [224, 224, 3], 1000, false, 'c58339db4c685120f9e8119eacba8e201d1e10485f593457d43512327e12de47'],
    ['resnet18', [64, 64, 3], 12, false, 'c0c9b3a299e386573571080c26a7fcc06169c99e8980addf71924e989606ffc2'],
  ])(
    '%s for %j and %i classes, bias %j, is what it was as code',
    (name, [height, width, channels], classes, bias, digest) => {
      const network = builtIn(name, { height, width, channels }, classes, bias);
      expect(sha256(JSON.stringify(sorted(network)))).toBe(digest);
    },
  );

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
      /^f: layers\[0\]\.group: a layer has either group or rate, got neither$/,
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
    expect(() => chooseNetwork('resnet21')).toThrow(
      /^a network is lenet5, .* that ends in \.json, \.yaml, \.yml or \.flexor, got 'resnet21'$/,
    );
    expect(() => chooseNetwork('nowhere.json')).toThrow(/nowhere\.json/);
  });
});

/** A value with its keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}

describe('a network file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flexor-networks-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const shape = { height: 28, width: 28, channels: 1 };

  it('extends a built-in network with changed, removed and inserted layers', () => {
    const file = put(
      'small.yaml',
      `
networkVersion: 1
name: small
extends: lenet5
changes:
  conv1: { outChannels: 8 }
  fc1: null
insert:
  conv2: [{ kind: conv, name: conv3, outChannels: 16, group: 1 }]
defaults:
  conv: { kernel: [3, 3], padding: same, batchNorm: true }
`,
    );
    const { layers, name } = describedNetwork(readNetwork(file), shape, 10);
    expect(name).toBe('small');
    expect(layers.map((layer) => layer.name)).toEqual(['conv1', 'pool1', 'conv2', 'conv3', 'pool2', 'flatten', 'fc2']);
    expect(layers[0]).toMatchObject({ outChannels: 8, kernel: [5, 5], batchNorm: false });
    expect(layers[3]).toMatchObject({ input: 'conv2', kernel: [3, 3], batchNorm: true });
    expect(layers[6]).toMatchObject({ input: 'flatten', outChannels: 10 });
    // A file that extends this one, by its name beside it.
    const further = put(
      'further.json',
      '{"extends": "small.yaml", "name": "further", "changes": {"conv1": {"group": null}}}',
    );
    expect(describedNetwork(readNetwork(further), shape, 10).layers[0]).toMatchObject({ outChannels: 8, group: null });
  });

  it('states rates of groups and of single layers, which options override', () => {
    const file = put(
      'rates.yaml',
      `
extends: lenet5
name: rated
groups: [{ nIn: 16, nOut: 20, taps: systematic }]
changes:
  conv2: { group: 0 }
  fc1: { group: null }
  fc2: { group: null }
insert:
  pool2:
    - { kind: conv, name: conv3, kernel: [1, 1], outChannels: 32, rate: { nIn: 8, nOut: 10, planes: 2 } }
    - { kind: conv, name: conv4, kernel: [1, 1], outChannels: 32, rate: { nIn: 6, nOut: 12, taps: 3 } }
    - { kind: conv, name: conv5, kernel: [1, 1], outChannels: 32, rate: { nIn: 8, nOut: 10, planes: 2 } }
`,
    );
    const described = readNetwork(file);
    const network = describedNetwork(described, shape, 10);
    const groups = network.layers.flatMap((layer) => ('group' in layer ? [layer.group] : []));
    expect(groups).toEqual([0, 0, 1, 2, 1, null, null]);
    const source = { kind: 'built-in', name: 'digits', folder: null } as const;
    const run = (flags: object): TrainConfig =>
      configuration({ network: 'lenet5', described }, { recipe: 'cosine', seed: 1, ...flags }, source, {
        init: null,
        distil: null,
      });
    const config = run({});
    expect([config.nIn, config.nOut]).toEqual([
      [16, 8, 6],
      [20, 10, 12],
    ]);
    expect(config.xor).toEqual([{ kind: 'systematic' }, { kind: 'systematic' }, { kind: 'taps', taps: 3 }]);
    const matrices = networkMatrices(config, network);
    expect(matrices.map((planes) => [planes.length, planes[0]!.nIn, planes[0]!.nOut])).toEqual([
      [1, 16, 20],
      [2, 8, 10],
      [1, 6, 12],
    ]);
    // Sizes without a systematic form keep the paper's two taps.
    expect(run({ nin: [12] }).xor).toEqual([
      { kind: 'systematic' },
      { kind: 'taps', taps: 2 },
      { kind: 'taps', taps: 3 },
    ]);
    expect(run({ nin: [5] })).toMatchObject({ nIn: 5, nOut: [20, 10, 12] });
    expect(commandLine(config)).toContain('--nin 16,8,6 --nout 20,10,12 --taps systematic,systematic,3 ');
    expect(() => checkConfig({ ...config, weights: 'bwn' as never })).toThrow(
      /rated states planes of layers, which go with/,
    );
  });

  it.each<[string, string, RegExp]>([
    [
      'of another network',
      'extends: vgg',
      /extends: must be lenet5, resnet20, resnet32, resnet18 or a network file, got "vgg"$/,
    ],
    ['with layers beside extends', 'extends: lenet5\nlayers: []', /layers: must be left out beside extends/],
    ['with changes of nothing', 'changes: {}', /changes and insert: need extends/],
    [
      'with changes of a layer that is not there',
      'extends: lenet5\nchanges: { conv9: {} }',
      /changes\.conv9: must name a layer .*: conv1, pool1/,
    ],
    [
      'with a change that is none',
      'extends: lenet5\nchanges: { conv1: 3 }',
      /changes\.conv1: must be fields, or null to remove it, got 3$/,
    ],
    [
      'with group and rate',
      'extends: lenet5\nchanges: { conv1: { rate: { nIn: 1, nOut: 2 } } }',
      /layers\[0\]\.group: a layer has either group or rate, got both$/,
    ],
    [
      'with rates of groups that it has not',
      'extends: lenet5\ngroups: [{nIn: 1, nOut: 2}, {nIn: 1, nOut: 2}, {nIn: 1, nOut: 2}, {nIn: 1, nOut: 2}, {nIn: 1, nOut: 2}]',
      /groups: must be rates of the 4 layer groups, got 5$/,
    ],
    ['that is no YAML', 'a: [', /must be YAML, got: /],
    ['with a key twice', 'name: a\nname: b', /must be YAML, got: .*unique/],
    ['with a tag', 'name: !!js/function "x"', /must be YAML, got: .*tag/],
    [
      'that repeats itself without end',
      `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${Array.from({ length: 9 }, (_, i) => `${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${`*${'abcdefghi'[i]}, `.repeat(10)}]`).join('\n')}`,
      /must be YAML, got: Excessive alias count/,
    ],
    ['nested deeply', '['.repeat(2000), /must be YAML, got: |must nest/],
    ['nested too deeply', `${'['.repeat(40)}${']'.repeat(40)}`, /must nest at most 32 levels deep/],
  ])('%s is refused in one line', (_, text, message) => {
    expect(() => readNetwork(put('wrong.yaml', text))).toThrow(message);
    expect(() => readNetwork(put('wrong.yaml', text))).toThrow(/^.*wrong\.yaml: [^\n]+$/);
  });

  it('that extends itself is refused', () => {
    expect(() => readNetwork(put('a.yaml', 'extends: a.yaml'))).toThrow(
      /a\.yaml: extends: must end after at most 8 files/,
    );
  });

  it('says the same in YAML and in JSON', () => {
    const text = JSON.stringify(readComposed(builtInFile('resnet20')));
    expect(parseYaml(text, (rule) => new FlexorError('data', rule))).toEqual(JSON.parse(text));
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
