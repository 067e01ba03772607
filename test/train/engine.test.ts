/** Every engine differentiates alike: the wasm engine's rearranged gradients against tfjs' own kernels in JavaScript. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { Engine, Tensor, WindowSpec } from '../../src/train/engine.js';
import { createEngine } from '../../src/train/engines.js';

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

function expectClose(actual: number[][], expected: number[][]): void {
  expected.forEach((list, n) => {
    const scale = Math.max(1, ...list.map(Math.abs));
    expect(actual[n]!.length).toBe(list.length);
    list.forEach((v, i) => {
      expect(Math.abs(actual[n]![i]! - v) / scale, `array ${n} element ${i}`).toBeLessThan(1e-5);
    });
  });
}

type Job = { name: string; inputs: Values[]; dy: Values; f: (engine: Engine) => (...x: Tensor[]) => Tensor };

const random = new Random(5);
const windows: readonly (readonly [string, WindowSpec, number[], number, number[]])[] = [
  ['5×5 same', { kernel: [5, 5], stride: [1, 1], padding: [2, 2, 2, 2] }, [3, 8, 7, 2], 4, [8, 7]],
  ['3×3 valid', { kernel: [3, 3], stride: [1, 1], padding: [0, 0, 0, 0] }, [2, 6, 6, 3], 5, [4, 4]],
  ['1×1', { kernel: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0] }, [2, 4, 4, 3], 2, [4, 4]],
  ['3×3 stride 2, asymmetric', { kernel: [3, 3], stride: [2, 2], padding: [0, 0, 1, 1] }, [2, 6, 8, 3], 4, [3, 4]],
  ['2×2 stride 2, unused row', { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] }, [2, 7, 7, 2], 3, [3, 3]],
];

const jobs: Job[] = [
  ...windows.flatMap(([name, spec, x, outChannels, out]): Job[] => {
    const inputs = [randomValues(random, x), randomValues(random, [...spec.kernel, x[3]!, outChannels])];
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
  }),
  {
    name: 'dense',
    inputs: [randomValues(random, [3, 11]), randomValues(random, [11, 5])],
    dy: randomValues(random, [3, 5]),
    f: (e) => (a, w) => e.dense(a as never, w as never),
  },
  ...(
    [
      ['2×2', { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] }, [2, 6, 4, 3], [3, 2]],
      ['3×3 overlapping, padded', { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] }, [2, 6, 6, 2], [3, 3]],
    ] as const
  ).map(([name, spec, x, out]): Job => ({
    name: `max pool ${name}`,
    inputs: [randomValues(random, [...x])],
    dy: randomValues(random, [x[0], ...out, x[3]]),
    f: (e) => (a) => e.maxPool(a as never, spec),
  })),
];

const expected = new Map<string, number[][]>();

describe('wasm engine', () => {
  let engine: Engine;

  beforeAll(async () => {
    const cpu = await createEngine('cpu');
    for (const job of jobs) expected.set(job.name, valueAndGradients(cpu, job.f(cpu), job.inputs, job.dy));
    engine = await createEngine('wasm');
  });

  afterAll(() => {
    expect(engine.tf.memory().numTensors).toBe(0);
  });

  it.each(jobs.map((job) => [job.name, job] as const))('%s equals the cpu engine', (name, job) => {
    expectClose(valueAndGradients(engine, job.f(engine), job.inputs, job.dy), expected.get(name)!);
  });
});

it('says how to get the engine that is not installed', async () => {
  await expect(createEngine('node')).rejects.toThrow(/npm install @tensorflow\/tfjs-node/);
});
