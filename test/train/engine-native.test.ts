/** The native engine's own matters: finding the addon, its memory, threads. What it computes is checked in engine.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { processorName } from '../../src/base/processor.js';
import { digits } from '../../src/data/digits.js';
import { inMemory } from '../../src/data/source.js';
import { startEngine } from '../../src/app/training/engine.js';
import { adamStep } from '../../src/train/weights/adam.js';
import { loadAddon } from '../../src/train/engine/native-addon.js';
import type { Engine } from '../../src/train/engine/engine.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { COSINE } from '../../src/train/run/recipes.js';
import { train, type TrainHooks, type TrainResult } from '../../src/train/run/trainer.js';
import { availableEngines } from '../support/engines.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-native-'));
afterAll(() => rmSync(folder, { recursive: true }));

const processor = processorName();
const refusals: readonly (readonly [string, string | null, RegExp])[] = [
  ['setup has not run', null, /^engine 'native': is not built; run flexor build-native$/],
  ['setup could not build it', '{"addon":null,"reason":"oneDNN not found"}', /^engine 'native': oneDNN not found$/],
  [
    'it is for another processor',
    '{"addon":"x.node","processor":"Z80"}',
    /built for another processor \(Z80\); run flexor build-native$/,
  ],
  [
    'it is gone',
    JSON.stringify({ addon: join(folder, 'gone.node'), processor }),
    /Cannot find .*gone.node.*; run flexor build-native$/,
  ],
  ['the manifest is damaged', '{"addon', /manifest.json is damaged \(.*\); run flexor build-native$/],
];

it.each(refusals)('says why there is no addon where %s', (_, manifest, message) => {
  const path = join(folder, 'manifest.json');
  if (manifest !== null) writeFileSync(path, manifest);
  expect(() => loadAddon(path)).toThrow(
    expect.objectContaining({ code: 'tool', message: expect.stringMatching(message) }),
  );
});

const waitPolicy = process.env['OMP_WAIT_POLICY'];
const hasNative = (await availableEngines()).includes('native');

describe.runIf(hasNative)('beside other work and other engines', () => {
  it('threads sleep while they wait, unless the environment says otherwise', () => {
    expect(process.env['OMP_WAIT_POLICY']).toBe(waitPolicy ?? 'passive');
  });

  it('Adam takes the steps of the plain one', async () => {
    const engine = await createEngine('native');
    const draw = new Random(11);
    // More than one chunk of the addon, the last one shorter.
    const start = Float32Array.from({ length: 5003 }, () => draw.normal());
    const [here, plain] = [engine.arrays.adam, adamStep].map((step) => {
      const gradients = new Random(12);
      const parameters = start.slice();
      const state = { m: new Float32Array(start.length), v: new Float32Array(start.length) };
      for (let i = 1; i <= 4; i++) {
        const gradient = Float32Array.from(start, () => gradients.normal());
        step(parameters, gradient, state, 0.01, i);
      }
      return [...parameters, ...state.m, ...state.v];
    });
    expect(Math.max(...here!.map((value, i) => Math.abs(value - plain![i]!)))).toBeLessThan(1e-5);
    expect(here!.slice(0, start.length)).not.toEqual([...start]);
  });
});

describe.runIf(hasNative)('memory', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await createEngine('native');
  });

  it('is used again once a tensor is disposed of, and not before', () => {
    const { tf } = engine;
    const ones = tf.ones([64, 64]);
    const first = engine.relu(ones);
    const values = engine.read(first);
    const second = engine.relu(ones);
    expect(engine.read(second)).not.toBe(values);
    first.dispose();
    expect(engine.read(engine.relu(ones))).toBe(values);
  });

  it('of a slice is its own', () => {
    const { tf } = engine;
    const source = engine.relu(tf.ones([64, 64]));
    const slice = tf.slice(source, [0, 0], [32, 64]);
    source.dispose();
    engine.relu(tf.fill([64, 64], 7));
    expect([...new Set(engine.read(slice))]).toEqual([1]);
  });

  it('of a wrong size is an error, not a crash', () => {
    expect(() => loadAddon().relu(new Float32Array(4), new Float32Array(3))).toThrow(
      /argument 1: 3 elements .* expected 4/,
    );
    expect(() => loadAddon().relu(new Float32Array(4), new Float64Array(4) as never)).toThrow(/argument 1/);
    expect(() => (loadAddon().relu as (x: Float32Array) => void)(new Float32Array(4))).toThrow(/argument 1 is missing/);
  });
});

it.runIf((await availableEngines()).includes('native'))('NaN is not lost', () => {
  const addon = loadAddon();
  const x = Float32Array.of(NaN, -1, 2, 3);
  const y = new Float32Array(4);
  addon.relu(x, y);
  expect([...y]).toEqual([NaN, 0, 2, 3]);
  // One image of 2×2 with one channel, a window of the same size.
  const maximum = new Float32Array(1);
  addon.maxPool(Int32Array.of(1, 2, 2, 1, 2, 2, 2, 2, 0, 0, 1, 1), x, maximum);
  expect([...maximum]).toEqual([NaN]);
  const [one, zero, mean, variance] = [
    Float32Array.of(1),
    Float32Array.of(0),
    new Float32Array(1),
    new Float32Array(1),
  ];
  for (const residual of [null, new Float32Array(4)]) {
    addon.batchNorm(x, one, zero, residual, 1e-3, 1, y.fill(0), mean, variance);
    expect([...y]).toEqual([NaN, NaN, NaN, NaN]);
  }
});

describe.runIf((await availableEngines()).includes('native'))('threads', () => {
  const dataset = digits({ train: 100, test: 20 });
  const config = { ...COSINE, dataset: 'digits', epochs: 1 };

  function run(engine: Engine, checkpoint: string | null = null, hooks: TrainHooks = {}): Promise<TrainResult> {
    return train(engine, config, inMemory(dataset), { checkpoint, resume: hooks.onStart !== undefined }, hooks);
  }

  it('give equal bits run by run', async () => {
    for (const threads of [2, 3]) {
      const [a, b] = [
        await run(await createEngine('native', { threads })),
        await run(await createEngine('native', { threads })),
      ];
      expect(a.parameters.map((p) => p.values)).toEqual(b.parameters.map((p) => p.values));
    }
  });

  it('belong to a checkpoint', async () => {
    const checkpoint = join(folder, 'threads.ckpt');
    await run(await createEngine('native', { threads: 1 }), checkpoint);
    const other = await createEngine('native', { threads: 2 });
    await expect(run(other, checkpoint, { onStart: () => undefined })).rejects.toThrow(
      'the engine was native with 1 thread and is now native with 2 threads (see --engine, --threads, --precision)',
    );
  });
});

describe.runIf(hasNative)('bfloat16', () => {
  const spec = {
    kernel: [3, 3],
    stride: [1, 1],
    padding: [1, 1, 1, 1],
    dilation: [1, 1],
    groups: 1,
  } as const;

  /** A convolution and its two gradients, by an engine of its own precision. */
  async function convolved(precision: 'float32' | 'bfloat16'): Promise<Float32Array[]> {
    const engine = await createEngine('native', { threads: 1, precision });
    const draw = new Random(5);
    const tensor = (shape: [number, number, number, number]) =>
      engine.tf.tensor4d(
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => draw.normal()),
        shape,
      );
    const [x, filter, dy] = [tensor([2, 8, 8, 16]), tensor([3, 3, 16, 16]), tensor([2, 8, 8, 16])];
    const y = engine.conv2d(x, filter, spec);
    const gradients = engine.tf.grads((a, f) => engine.conv2d(a as typeof x, f as typeof filter, spec))(
      [x, filter],
      dy,
    );
    return [y, ...gradients].map((each) => each.dataSync() as Float32Array);
  }

  it('rounds what convolutions multiply, or is refused where the processor has none', async () => {
    const exact = await convolved('float32');
    let rounded: Float32Array[];
    try {
      rounded = await convolved('bfloat16');
    } catch (error) {
      expect(error).toMatchObject({
        code: 'usage',
        message: '--precision bfloat16: this processor has no products of bfloat16 (AVX512_BF16)',
      });
      return;
    }
    exact.forEach((values, which) => {
      const errors = values.map((value, i) => value - rounded[which]![i]!);
      const size = (numbers: Float32Array): number => Math.sqrt(numbers.reduce((sum, n) => sum + n * n, 0));
      const relative = size(errors) / size(values);
      // Each factor is off by up to 2^-9 of itself, about half of that on average; the errors of a sum add up as its terms do.
      expect(relative).toBeGreaterThan(2 ** -12);
      expect(relative).toBeLessThan(2 ** -8);
    });
    expect(await convolved('float32')).toEqual(exact);
  });

  it('is part of what a checkpoint is continued with', async () => {
    const engine = await createEngine('native', { threads: 1 });
    expect(engine.identity).toBe('native with 1 thread');
    await expect(startEngine({ engine: 'cpu', precision: 'bfloat16' })).rejects.toThrow(
      '--precision is for the native engine; leave it out with --engine cpu',
    );
  });
});
