/**
 * Every operation of every engine that there is, forward and its gradients: against the cpu engine (tfjs' own kernels in
 * JavaScript) and against finite differences.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { Random } from '../../src/base/random.js';
import { describeEngine, startEngine } from '../../src/app/training/engine.js';
import type { Engine, Tensor } from '../../src/train/engine/engine.js';
import type { Sliding } from '../../src/graph/types.js';
import { UNDILATED, type Window } from '../../src/graph/window.js';
import { chooseEngine, createEngine } from '../../src/train/engine/engines.js';
import { labelTargets } from '../../src/train/run/targets.js';
import { availableEngines } from '../support/engines.js';

interface Values {
  readonly shape: number[];
  readonly data: Float32Array;
}

function randomValues(random: Random, shape: number[]): Values {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, () => random.normal()) };
}

/** Outputs and gradients of Σ dy∘f(inputs) for one engine, which must be started last: tfjs has one current backend. */
function valueAndGradients(engine: Engine, f: (...x: Tensor[]) => Tensor, inputs: Values[], dy: Values): number[][] {
  const { tf } = engine;
  return tf.tidy(() => {
    const tensors = inputs.map((v) => tf.tensor(v.data.slice(), v.shape));
    const value = f(...tensors);
    const grads = tf.grads((...x: Tensor[]) => f(...x))(tensors, tf.tensor(dy.data.slice(), dy.shape));
    return [value, ...grads].map((t) => [...engine.read(t)]);
  });
}

/** The output alone. */
function value(engine: Engine, f: (...x: Tensor[]) => Tensor, inputs: Values[]): number[] {
  const { tf } = engine;
  return tf.tidy(() => [...engine.read(f(...inputs.map((v) => tf.tensor(v.data.slice(), v.shape))))]);
}

function expectClose(actual: number[][], expected: number[][]): void {
  expected.forEach((list, n) => {
    const scale = Math.max(1, ...list.map(Math.abs));
    expect(actual[n]!.length).toBe(list.length);
    list.forEach((v, i) => {
      expect(Math.abs(actual[n]![i]! - v) / scale, `array ${n} element ${i}`).toBeLessThan(1e-5);
    });
  });
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0);

/**
 * The gradient of each input along a random direction, against the central difference of Σ dy∘f. No value passes the kink
 * of a ReLU or another value of its pool: they are at least 0.05 apart, and none is within 0.025 of 0.
 */
function expectDifferences(engine: Engine, job: Job, gradients: number[][]): void {
  const h = 0.01;
  const along = new Random(9);
  job.inputs.forEach((input, n) => {
    const direction = Float32Array.from(input.data, () => 2 * along.float() - 1);
    const moved = (by: number): number => {
      const inputs = job.inputs.map((v, k) =>
        k === n ? { shape: v.shape, data: v.data.map((x, i) => x + by * direction[i]!) } : v,
      );
      return dot(value(engine, job.f(engine), inputs), job.dy.data);
    };
    const difference = (moved(h) - moved(-h)) / (2 * h);
    const gradient = dot(gradients[n]!, direction);
    const scale = Math.hypot(...gradients[n]!) + Math.abs(gradient) + 0.1;
    expect(Math.abs(difference - gradient) / scale, `input ${n}: ${gradient}, ${difference}`).toBeLessThan(2e-3);
  });
}

interface Job {
  /** Values may pass a kink: finite differences say nothing; the cpu engine's gradient and those without ReLU do. */
  readonly kinks?: boolean;
  readonly name: string;
  readonly inputs: Values[];
  readonly dy: Values;
  f(engine: Engine): (...x: Tensor[]) => Tensor;
}

const random = new Random(5);

/** Distinct values 0.05 apart in random order, none near 0. */
function spacedValues(shape: number[]): Values {
  const size = shape.reduce((a, b) => a * b, 1);
  const order = random.permutation(size);
  return { shape, data: Float32Array.from(order, (i) => 0.05 * (i - size / 2 + (size % 2 === 0 ? 0.5 : 1))) };
}

const same = [1, 1, 1, 1] as const;
const none = [0, 0, 0, 0] as const;
const windows: readonly (readonly [string, Window & { groups?: number }, number[], number, number[]])[] = [
  ['5×5 same', { kernel: [5, 5], stride: [1, 1], padding: [2, 2, 2, 2] }, [3, 8, 7, 2], 4, [8, 7]],
  ['5×5 same, as in LeNet-5', { kernel: [5, 5], stride: [1, 1], padding: [2, 2, 2, 2] }, [1, 6, 6, 32], 64, [6, 6]],
  ['3×3 valid', { kernel: [3, 3], stride: [1, 1], padding: none }, [2, 6, 6, 3], 5, [4, 4]],
  ['3×3 same, as in ResNet-20', { kernel: [3, 3], stride: [1, 1], padding: same }, [2, 8, 8, 16], 16, [8, 8]],
  ['3×3 stride 2, as in ResNet-20', { kernel: [3, 3], stride: [2, 2], padding: same }, [2, 8, 8, 16], 32, [4, 4]],
  ['1×1', { kernel: [1, 1], stride: [1, 1], padding: none }, [2, 4, 4, 3], 2, [4, 4]],
  ['3×3 stride 2, asymmetric', { kernel: [3, 3], stride: [2, 2], padding: [0, 0, 1, 1] }, [2, 6, 8, 3], 4, [3, 4]],
  ['3×3 depthwise', { kernel: [3, 3], stride: [1, 1], padding: same, groups: 16 }, [2, 7, 6, 16], 16, [7, 6]],
  [
    '3×3 depthwise, two filters a channel',
    { kernel: [3, 3], stride: [2, 2], padding: same, groups: 3 },
    [2, 6, 7, 3],
    6,
    [3, 4],
  ],
  [
    '3×2 of four groups, asymmetric',
    { kernel: [3, 2], stride: [1, 2], padding: [0, 1, 1, 0], groups: 4 },
    [2, 6, 7, 8],
    12,
    [5, 4],
  ],
  ['3×3 dilated', { kernel: [3, 3], stride: [1, 1], padding: [2, 3, 2, 3], dilation: [2, 3] }, [2, 7, 8, 3], 4, [7, 8]],
  [
    '1×5 dilated, stride 2',
    { kernel: [1, 5], stride: [1, 2], padding: none, dilation: [1, 2] },
    [2, 1, 15, 3],
    4,
    [1, 4],
  ],
  [
    '3×3 depthwise, dilated',
    { kernel: [3, 3], stride: [1, 1], padding: [2, 2, 2, 2], dilation: [2, 2], groups: 8 },
    [2, 6, 6, 8],
    8,
    [6, 6],
  ],
  ['2×2 stride 2, unused row', { kernel: [2, 2], stride: [2, 2], padding: none }, [2, 7, 7, 2], 3, [3, 3]],
];

function convolutions(): Job[] {
  return windows.flatMap(([name, window, x, outChannels, out]): Job[] => {
    const spec = { dilation: UNDILATED, groups: 1, ...window };
    const filter = [...spec.kernel, x[3]! / spec.groups, outChannels];
    const inputs = [randomValues(random, x), randomValues(random, filter)];
    const dy = randomValues(random, [x[0]!, ...out, outChannels]);
    return [
      { name: `conv ${name}`, inputs, dy, f: (e) => (a, w) => e.conv2d(a as never, w as never, spec) },
      {
        name: `conv of constant ${name}`,
        inputs: [inputs[1]!],
        dy,
        f: (e) => (w) => e.conv2d(e.tf.tensor4d(inputs[0]!.data.slice(), x as never), w as never, spec, true),
      },
    ];
  });
}

function products(): Job[] {
  return [
    [3, 11, 5],
    [50, 130, 70],
  ].map(([rows, inner, columns]) => ({
    name: `dense ${rows} × ${inner} × ${columns}`,
    inputs: [randomValues(random, [rows!, inner!]), randomValues(random, [inner!, columns!])],
    dy: randomValues(random, [rows!, columns!]),
    f: (e) => (a, w) => e.dense(a as never, w as never),
  }));
}

function pools(): Job[] {
  const cases: readonly (readonly [string, Sliding, number[], number[]])[] = [
    ['2×2', { kernel: [2, 2], stride: [2, 2], padding: none }, [2, 6, 4, 3], [3, 2]],
    ['2×2 of 32 channels', { kernel: [2, 2], stride: [2, 2], padding: none }, [2, 6, 6, 32], [3, 3]],
    ['3×3 overlapping, padded', { kernel: [3, 3], stride: [2, 2], padding: same }, [2, 6, 6, 2], [3, 3]],
  ];
  return cases.map(([name, spec, x, out]) => ({
    name: `max pool ${name}`,
    inputs: [spacedValues(x)],
    dy: randomValues(random, [x[0]!, ...out, x[3]!]),
    f: (e) => (a) => e.maxPool(a as never, spec),
  }));
}

function averagePools(): Job[] {
  const cases: readonly (readonly [string, Sliding, number[], number[]])[] = [
    ['of everything, as in ResNet-20', { kernel: [8, 8], stride: [8, 8], padding: none }, [2, 8, 8, 5], [1, 1]],
    ['3×2 overlapping, padded', { kernel: [3, 2], stride: [2, 1], padding: [1, 0, 1, 1] }, [2, 6, 4, 3], [3, 4]],
  ];
  return cases.map(([name, spec, x, out]) => ({
    name: `average pool ${name}`,
    inputs: [randomValues(random, x)],
    dy: randomValues(random, [x[0]!, ...out, x[3]!]),
    f: (e) => (a) => e.avgPool(a as never, spec),
  }));
}

function shortcuts(): Job[] {
  const cases: readonly (readonly [readonly [number, number], readonly [number, number], number[], number[]])[] = [
    [
      [2, 2],
      [8, 8],
      [2, 8, 8, 16],
      [4, 4, 32],
    ],
    [
      [2, 1],
      [0, 3],
      [3, 5, 4, 2],
      [3, 4, 5],
    ],
  ];
  return cases.map(([stride, channelPadding, x, out]) => ({
    name: `shortcut of ${x} by ${stride}`,
    inputs: [randomValues(random, x)],
    dy: randomValues(random, [x[0]!, ...out]),
    f: (e) => (a) => e.subsample(a as never, stride, channelPadding),
  }));
}

/** Sizes on both sides of the native engine's chunks and pool of memory. */
function channelwise(): Job[] {
  const shapes = [
    [3, 7],
    [5, 40, 33, 5],
  ];
  return shapes.flatMap((shape): Job[] => {
    const factor = randomValues(random, shape.slice(-1));
    const common = { inputs: [randomValues(random, shape), factor], dy: randomValues(random, shape) };
    return [
      { name: `scale ${shape}`, ...common, f: (e) => (x, a) => e.scale(x, a as never) },
      { name: `bias ${shape}`, ...common, f: (e) => (x, b) => e.addBias(x, b as never) },
      { name: `ReLU ${shape}`, inputs: [spacedValues(shape)], dy: common.dy, f: (e) => (x) => e.relu(x) },
    ];
  });
}

const norm = { epsilon: 1e-3, relu: false };

/** Batch normalisation, with and without residual and ReLU; their moments are tested below. */
function batchNorms(): Job[] {
  const shapes = [
    [6, 3],
    [4, 9, 8, 16],
    [3, 20, 21, 5],
  ];
  // More than one chunk of the native engine, the last one shorter.
  const large = [6, 32, 32, 7];
  const f =
    (relu: boolean) =>
    (e: Engine) =>
    (x: Tensor, gamma: Tensor, beta: Tensor, added?: Tensor): Tensor =>
      e.batchNorm(x, gamma as never, beta as never, added ?? null, { ...norm, relu }).y;
  const ofLarge = {
    name: `batch norm, residual and ReLU ${large}`,
    inputs: [large, [7], [7], large].map((shape) => randomValues(random, shape)),
    dy: randomValues(random, large),
    f: f(true) as Job['f'],
    kinks: true,
  };
  const jobsOf = shapes.flatMap((shape): Job[] => {
    const channels = shape.slice(-1);
    const inputs = [spacedValues(shape), randomValues(random, channels), randomValues(random, channels)];
    const dy = randomValues(random, shape);
    const residual = randomValues(random, shape);
    return [
      { name: `batch norm ${shape}`, inputs, dy, f: f(false) as Job['f'] },
      { name: `batch norm and residual ${shape}`, inputs: [...inputs, residual], dy, f: f(false) as Job['f'] },
      { name: `batch norm and ReLU ${shape}`, inputs, dy, f: f(true) as Job['f'], kinks: true },
      {
        name: `batch norm, residual and ReLU ${shape}`,
        inputs: [...inputs, residual],
        dy,
        f: f(true) as Job['f'],
        kinks: true,
      },
    ];
  });
  return [...jobsOf, ofLarge];
}

const jobs: Job[] = [
  ...convolutions(),
  ...products(),
  ...pools(),
  ...averagePools(),
  ...shortcuts(),
  ...channelwise(),
  ...batchNorms(),
  {
    name: 'cross-entropy',
    inputs: [randomValues(random, [4, 5])],
    dy: { shape: [], data: Float32Array.of(0.75) },
    f: (e) => (z) => e.crossEntropy(z as never, labelTargets(Int32Array.of(4, 0, 2, 2), 5, 0)),
  },
  {
    name: 'a sum of two uses',
    inputs: [randomValues(random, [40, 40])],
    dy: randomValues(random, [40, 40]),
    f: (e) => (x) => e.tf.add(e.dense(x as never, x as never), x),
  },
];

const engines = await availableEngines();
const expected = new Map<string, number[][]>();

beforeAll(async () => {
  const cpu = await createEngine('cpu');
  for (const job of jobs) expected.set(job.name, valueAndGradients(cpu, job.f(cpu), job.inputs, job.dy));
});

it('wasm and cpu are there on every machine', () => {
  expect(engines).toEqual(expect.arrayContaining(['wasm', 'cpu']));
});

describe.each(engines)('engine %s', (name) => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await createEngine(name);
  });

  afterAll(() => {
    expect(engine.tf.memory().numTensors).toBe(0);
  });

  it.each(jobs.map((job) => [job.name, job] as const))('%s equals the cpu engine', (_, job) => {
    expectClose(valueAndGradients(engine, job.f(engine), job.inputs, job.dy), expected.get(job.name)!);
  });

  it('batch norm gives the moments of the batch', () => {
    const { tf } = engine;
    const x = randomValues(random, [7, 5, 3]);
    tf.tidy(() => {
      const { mean, variance } = engine.batchNorm(tf.tensor(x.data, x.shape), tf.ones([3]), tf.zeros([3]), null, norm);
      for (let c = 0; c < 3; c++) {
        const column = [...x.data].filter((_, i) => i % 3 === c);
        const average = column.reduce((sum, v) => sum + v, 0) / 35;
        expect(engine.read(mean)[c]).toBeCloseTo(average, 5);
        expect(engine.read(variance)[c]).toBeCloseTo(column.reduce((sum, v) => sum + (v - average) ** 2, 0) / 35, 5);
      }
    });
  });

  it('cross-entropy takes labels beyond 255', () => {
    const { tf } = engine;
    tf.tidy(() => {
      const z = tf.tensor2d(
        Float32Array.from({ length: 1000 }, (_, c) => Number(c === 700)),
        [1, 1000],
      );
      expect(engine.read(engine.crossEntropy(z, labelTargets(Int32Array.of(700), 1000, 0)))[0]).toBeCloseTo(
        Math.log(999 + Math.E) - 1,
        4,
      );
    });
  });

  it.each(jobs.filter((job) => job.kinks !== true).map((job) => [job.name, job] as const))(
    '%s has the gradient of its differences',
    (_, job) => {
      const [, ...gradients] = valueAndGradients(engine, job.f(engine), job.inputs, job.dy);
      expectDifferences(engine, job, gradients);
    },
  );
});

describe('convolutions that tfjs has in parts', () => {
  const none = [0, 0, 0, 0] as const;
  const x = randomValues(random, [2, 7, 6, 6]);

  it('groups are convolutions side by side', async () => {
    const { tf, conv2d, read } = await createEngine('cpu');
    const w = randomValues(random, [3, 2, 2, 9]);
    tf.tidy(() => {
      const spec = { kernel: [3, 2], stride: [2, 1], padding: none, dilation: UNDILATED, groups: 3 } as const;
      const [image, filter] = [tf.tensor4d(x.data, x.shape as never), tf.tensor4d(w.data, w.shape as never)];
      const parts = [0, 1, 2].map((g) =>
        tf.conv2d(
          tf.slice(image, [0, 0, 0, 2 * g], [-1, -1, -1, 2]),
          tf.slice(filter, [0, 0, 0, 3 * g], [-1, -1, -1, 3]),
          [2, 1],
          'valid',
        ),
      );
      expectClose([[...read(conv2d(image, filter, spec))]], [[...read(tf.concat(parts, 3))]]);
    });
  });

  it('dilation puts pixels between the taps', async () => {
    const { tf, conv2d, read } = await createEngine('cpu');
    const w = randomValues(random, [3, 2, 6, 4]);
    tf.tidy(() => {
      const spec = { kernel: [3, 2], stride: [1, 1], padding: none, dilation: [2, 3], groups: 1 } as const;
      const [image, filter] = [tf.tensor4d(x.data, x.shape as never), tf.tensor4d(w.data, w.shape as never)];
      const expected = tf.conv2d(image, filter, 1, 'valid', 'NHWC', [2, 3]);
      expectClose([[...read(conv2d(image, filter, spec))]], [[...read(expected)]]);
    });
  });
});

describe('on numbers that one can check by hand', () => {
  const pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9];

  it('an average counts the padding, a shortcut keeps the first pixel of each window', async () => {
    const engine = await createEngine('cpu');
    engine.tf.tidy(() => {
      const x = engine.tf.tensor4d(pixels, [1, 3, 3, 1]);
      const pooled = engine.avgPool(x, { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 1, 1] });
      expect([...engine.read(pooled)]).toEqual([3, 2.25, 3.75, 2.25]);
      const kept = engine.subsample(x, [2, 2], [1, 0]);
      expect([...engine.read(kept)]).toEqual([0, 1, 0, 3, 0, 7, 0, 9]);
    });
  });
});

if (!engines.includes('node')) {
  it('says how to get the engine that is not installed', async () => {
    await expect(createEngine('node')).rejects.toThrow(/npm install @tensorflow\/tfjs-node/);
  });
}

describe('without being asked for', () => {
  const refusing =
    (refused: readonly string[], code: 'tool' | 'data'): typeof createEngine =>
    (name) =>
      refused.includes(name)
        ? Promise.reject(new FlexorError(code, `engine '${name}': not here`))
        : Promise.resolve({ name, identity: `${name} itself` } as Engine);

  it.each([
    [[], 'engine native itself (the fastest)'],
    [['native'], "engine node itself (engine 'native': not here)"],
    [['native', 'node'], "engine wasm itself (engine 'native': not here; engine 'node': not here)"],
    [['native', 'node', 'wasm'], /^engine cpu itself \(engine 'native'.*; engine 'node'.*; engine 'wasm': not here\)$/],
  ] as const)('the first that starts runs, and it is said why: %j do not', async (refused, line) => {
    expect(describeEngine(await chooseEngine({ threads: null }, refusing(refused, 'tool')))).toMatch(line);
  });

  it('a fault is no reason to take the next', async () => {
    await expect(chooseEngine({ threads: null }, refusing(['native'], 'data'))).rejects.toThrow("'native': not here");
  });

  it('an engine that was asked for is said to be so', async () => {
    expect(describeEngine(await startEngine({ engine: 'cpu' }))).toBe('engine cpu (asked for)');
  });
});
