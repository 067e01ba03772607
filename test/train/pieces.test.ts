/** Schedules, Adam, M⊕ choice and shapes, each against a plain calculation. */
import { describe, expect, it } from 'vitest';
import { adamStep } from '../../src/train/weights/adam.js';
import { commandLine } from '../../src/train/run/command-line.js';
import { checkConfig, type TrainConfig } from '../../src/train/run/config.js';
import { isWeighted } from '../../src/graph/order.js';
import { windowSize } from '../../src/graph/shapes.js';
import { tensorShapes } from '../../src/train/networks/network.js';
import { momentumStep } from '../../src/train/weights/optimiser.js';
import { initialParameters } from '../../src/train/weights/initial.js';
import type { PlaneParameters } from '../../src/train/weights/parameters.js';
import { COSINE, PAPER, RESNET_COSINE, RESNET_PAPER } from '../../src/train/run/recipes.js';
import { learningRate, tanhSlope, warmupSteps } from '../../src/train/run/schedule.js';
import { chooseMatrices, networkMatrices, quality } from '../../src/train/run/xor-choice.js';
import { builtIn } from '../support/networks.js';
import { isIdentity, rowTaps, xorMatrix } from '../../src/xor/matrix.js';

describe('learning rate', () => {
  it('is constant, or follows a cosine to 0', () => {
    const cosine = { schedule: 'cosine', rate: 2, epochs: 1, warmup: { steps: 0 }, halvings: [] } as const;
    expect(learningRate({ ...cosine, schedule: 'constant' }, 77, 100)).toBe(2);
    expect(learningRate(cosine, 0, 100)).toBe(2);
    expect(learningRate(cosine, 50, 100)).toBeCloseTo(1, 12);
    expect(learningRate(cosine, 100, 100)).toBeCloseTo(0, 12);
  });

  it('warms up linearly', () => {
    const spec = { schedule: 'cosine', rate: 2, epochs: 1, warmup: { steps: 4 }, halvings: [] } as const;
    expect([0, 1, 2, 3, 4].map((step) => learningRate(spec, step, 100))).toEqual([0.5, 1, 1.5, 2, 2]);
  });
});

describe('a rate that halves', () => {
  const rate = { schedule: 'step', rate: 1, epochs: 1, warmup: { steps: 10 }, halvings: [0.5, 0.75] } as const;
  const spec = { ...rate, sTanh: 10, sTanhStart: 5 };

  it('does so at its fractions of the run', () => {
    expect([10, 49, 50, 74, 75, 99].map((step) => learningRate(spec, step, 100))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  it('doubles S_tanh, which rises in the warm-up', () => {
    expect([0, 4, 9, 10, 49, 50, 75].map((step) => tanhSlope(spec, step, 100))).toEqual([5.5, 7.5, 10, 10, 10, 20, 40]);
  });
});

it.each([
  ['heavy ball', false],
  ['Nesterov', true],
] as const)('momentum with weight decay: %s', (_, nesterov) => {
  const [values, velocity] = [Float32Array.of(1, -2), new Float32Array(2)];
  let [x, v] = [1, 0];
  for (const g of [0.5, -0.25, 2]) {
    momentumStep(values, Float32Array.of(g, 0), velocity, 0.1, { momentum: 0.9, weightDecay: 0.01, nesterov });
    const decayed = g + 0.01 * x;
    v = 0.9 * v + decayed;
    x -= 0.1 * (nesterov ? decayed + 0.9 * v : v);
    expect(values[0]).toBeCloseTo(x, 5);
    expect(velocity[0]).toBeCloseTo(v, 5);
  }
  expect(values[1]).toBeGreaterThan(-2);
});

it('Adam takes the steps of the paper', () => {
  const gradients = [0.5, -0.25, 2];
  const values = Float32Array.of(1);
  const state = { m: new Float32Array(1), v: new Float32Array(1) };
  let [x, m, v] = [1, 0, 0];
  gradients.forEach((g, i) => {
    adamStep(values, Float32Array.of(g), state, 0.1, i + 1);
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    x -= (0.1 * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    expect(values[0]).toBeCloseTo(x, 5);
  });
});

describe('M⊕ of a run', () => {
  it('follows the seed, and planes differ', () => {
    const two = { ...PAPER, planes: 2 };
    expect(chooseMatrices(two)).toEqual(chooseMatrices(two));
    expect(chooseMatrices(two)).not.toEqual(chooseMatrices({ ...two, seed: 2 }));
    const [a, b] = chooseMatrices(two);
    expect(a).not.toEqual(b);
  });

  it('differs between layer groups of other N_in, and only there', () => {
    const config = { ...PAPER, nIn: [12, 8, 12] };
    const [first, second, third] = [0, 1, 2].map((group) => chooseMatrices(config, group));
    expect(second![0]!.nIn).toBe(8);
    expect(third).toEqual(first);
    expect(first).toEqual(chooseMatrices(PAPER));
  });

  it('may have N_out and taps of its own in each layer group; equal ones share it', () => {
    const config: TrainConfig = {
      ...PAPER,
      nIn: 8,
      nOut: [20, 10, 20, 20],
      xor: [{ kind: 'taps', taps: 2 }, { kind: 'taps', taps: 3 }, { kind: 'systematic' }, { kind: 'taps', taps: 2 }],
    };
    const network = builtIn('lenet5', { height: 28, width: 28, channels: 1 }, 10);
    const [conv1, conv2, fc1, fc2] = networkMatrices(config, network).map(([matrix]) => matrix!);
    expect([conv1, conv2, fc1].map((matrix) => [matrix!.nIn, matrix!.nOut])).toEqual([
      [8, 20],
      [8, 10],
      [8, 20],
    ]);
    expect(rowTaps(conv2!).every((taps) => taps.length === 3)).toBe(true);
    expect(rowTaps(fc1!).slice(0, 8)).toEqual(Array.from({ length: 8 }, (_, i) => [i]));
    expect(fc2).toBe(conv1);
    expect(() => checkConfig(config)).not.toThrow();
    expect(() => checkConfig({ ...config, nOut: [20, 10] })).toThrow(
      '--nout has 2 values, --taps 4: give one, or one for each',
    );
    expect(() => checkConfig({ ...config, nOut: [20, 10, 7, 20] })).toThrow(
      'N_in must be from 2 to N_out, got 8 and 7',
    );
    expect(() => checkConfig({ ...config, nIn: [8, 2, 8, 8] })).toThrow('got N_tap 3 with N_in 2');
    // Baselines have no M⊕, whatever its options say.
    expect(() => checkConfig({ ...config, weights: 'bwn', nOut: [20, 10] })).not.toThrow();
  });

  it('ranks different rows before rank before even use', () => {
    const of = (rows: string[]) => quality(xorMatrix(3, rows.length, Uint8Array.from(rows.join(''), Number)));
    expect(of(['110', '011', '101'])).toEqual([3, 2, -12]);
    expect(of(['110', '110', '101'])).toEqual([2, 2, -14]);
    expect(of(['100', '010', '001'])).toEqual([3, 3, -3]);
  });

  it('is systematic where asked for: the identity, then rows of two taps, of full rank', () => {
    const of = (nIn: number) => chooseMatrices({ ...PAPER, nIn, xor: { kind: 'systematic' }, xorTries: 20 })[0]!;
    for (const nIn of [8, 16, 20]) {
      const rows = rowTaps(of(nIn));
      expect(rows.slice(0, nIn)).toEqual(Array.from({ length: nIn }, (_, i) => [i]));
      expect(rows.slice(nIn).map((taps) => taps.length)).toEqual(new Array<number>(20 - nIn).fill(2));
      expect(quality(of(nIn)).slice(0, 2)).toEqual([20, nIn]);
    }
    expect(isIdentity(of(20))).toBe(true);
    expect(of(8)).not.toEqual(chooseMatrices({ ...PAPER, nIn: 8, xor: { kind: 'systematic' }, seed: 2 })[0]);
    expect(() => of(21)).toThrow('a systematic one needs N_in from 2 to N_out, got 21 and 20');
  });

  it('has more different rows after more tries', () => {
    const different = (tries: number): number => quality(chooseMatrices({ ...PAPER, xorTries: tries })[0]!)[0]!;
    expect(different(500)).toBe(20);
    expect(different(1)).toBeLessThan(20);
  });
});

describe('LeNet-5', () => {
  const network = builtIn('lenet5', { height: 28, width: 28, channels: 1 }, 10);

  it('has the shapes of 32C5-MP2-64C5-MP2-512FC-10', () => {
    const shapes = tensorShapes(network);
    const windows = network.layers.flatMap((layer) =>
      isWeighted(layer) ? [[windowSize(layer, shapes.get(layer.input)!), layer.outChannels]] : [],
    );
    expect(windows).toEqual([
      [25, 32],
      [800, 64],
      [3136, 512],
      [512, 10],
    ]);
    expect(shapes.get('fc2')).toEqual({ height: 1, width: 1, channels: 10 });
  });

  it('starts as the paper says: N(0, 0.001²) and α = 0.2, or 1/sqrt(window)', () => {
    const start = (alpha: number | null): PlaneParameters => {
      const layers = initialParameters(network, { ...PAPER, alpha, matrices: networkMatrices(PAPER, network) });
      const { weights } = layers.get('fc1')!;
      if (weights?.kind !== 'flexor') throw new Error('not encrypted');
      return weights.planes[0]!;
    };
    const fc1 = start(0.2);
    const x = fc1.x.values;
    expect(x.length).toBe(Math.ceil((3136 * 512) / 20) * 12);
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
    const variance = x.reduce((sum, v) => sum + v * v, 0) / x.length;
    expect(Math.abs(mean)).toBeLessThan(1e-5);
    expect(Math.sqrt(variance) / 0.001).toBeCloseTo(1, 2);
    expect(new Set(fc1.alpha.values)).toEqual(new Set([Math.fround(0.2)]));
    expect(start(null).alpha.values[0]).toBe(Math.fround(1 / 56));
  });
});

describe('a shortened recipe', () => {
  it.each([1, 15, 100])('of %i epochs reaches the full rate, and the last halving', (epochs) => {
    const config = { ...RESNET_PAPER, epochs };
    const total = epochs * 390;
    const steps = Array.from({ length: total }, (_, step) => step);
    expect(warmupSteps(config, total)).toBe(total / 5);
    expect(Math.max(...steps.map((step) => learningRate(config, step, total)))).toBe(0.1);
    expect(learningRate(config, total - 1, total)).toBe(0.1 / 8);
    expect(tanhSlope(config, total - 1, total)).toBe(80);
  });

  it("of residual networks has the paper's warm-up at its length: 100 of 500 epochs", () => {
    expect(warmupSteps(RESNET_PAPER, 500 * 390)).toBe(100 * 390);
  });

  it.each([1, 7, 60])('with a cosine has one epoch of warm-up in %i', (epochs) => {
    expect(warmupSteps({ ...RESNET_COSINE, epochs }, epochs * 390)).toBe(390);
  });
});

it('a run is described by the command that repeats it', () => {
  expect(
    commandLine({ ...COSINE, xorTries: 9, planes: 2, bias: true, warmup: { steps: 3 }, xor: { kind: 'random' } }),
  ).toBe(
    'flexor train lenet5 --dataset mnist --nin 12 --nout 20 --taps random --xor-tries 9 --planes 2 --epochs 5 --batch 50 ' +
      '--lr 0.001 --schedule cosine --warmup 3 --gradient eq6 --stanh 100 --clip none --x-std 0.001 --alpha fan-in --bias --seed 1',
  );
});

it('so is a run of a residual network', () => {
  const common = 'flexor train resnet20 --dataset cifar10';
  const sgd = '--optimiser sgd --momentum 0.9 --weight-decay 0.00001 --lr 0.1';
  expect(commandLine({ ...RESNET_PAPER, nIn: [19, 16, 12], clip: 2 })).toBe(
    `${common} --nin 19,16,12 --nout 20 --taps 2 --epochs 500 --batch 128 ${sgd} --schedule step ` +
      '--halve-at 0.7,0.8,0.9 --warmup 20% --gradient eq6 --stanh 10 --stanh-start 5 --clip 2 --x-std 0.001 --alpha 0.2 ' +
      '--shift 4 --flip --seed 1',
  );
  expect(commandLine({ ...RESNET_COSINE, weights: 'flexor-nearest', nIn: 8, xor: { kind: 'taps', taps: 3 } })).toBe(
    `${common} --weights flexor-nearest --nin 8 --nout 20 --taps 3 --epochs 20 --batch 128 ${sgd} --schedule cosine ` +
      '--warmup 1ep --shift 4 --flip --seed 1',
  );
  expect(commandLine({ ...RESNET_COSINE, weights: 'full' })).toBe(
    `${common} --weights full --epochs 20 --batch 128 ${sgd} --schedule cosine --warmup 1ep --shift 4 --flip --seed 1`,
  );
});
