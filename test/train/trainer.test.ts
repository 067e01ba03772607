/** Whole runs on a tiny network, on every engine but the slow one: learning, repeatability, checkpoints, export. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unpackBits } from '../../src/base/bits.js';
import { FlexorError } from '../../src/base/errors.js';
import { splitDigest, type Dataset } from '../../src/data/dataset.js';
import { digits } from '../../src/data/digits.js';
import { inMemory } from '../../src/data/source.js';
import { histogramBits } from '../../src/model/histogram.js';
import { verifyModel } from '../../src/model/verify.js';
import type { ConvNode, DenseNode } from '../../src/model/types.js';
import type { ConvWindow } from '../../src/graph/types.js';
import { POINT_WINDOW } from '../../src/graph/window.js';
import type { TrainConfig } from '../../src/train/run/config.js';
import type { Engine } from '../../src/train/engine/engine.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { flexorOp } from '../../src/train/weights/flexor-op.js';
import type { NetworkSpec } from '../../src/train/networks/network.js';
import { COSINE } from '../../src/train/run/recipes.js';
import { train, type TrainHooks, type TrainResult } from '../../src/train/run/trainer.js';
import { decrypt } from '../../src/xor/matrix.js';
import { availableEngines, casesFor } from '../support/engines.js';

const weighted = { batchNorm: false } as const;
const window: ConvWindow = { ...POINT_WINDOW, kernel: [5, 5], stride: [2, 2], padding: [2, 2, 2, 2] };
const pool = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] } as const;

function tiny(bias: boolean): NetworkSpec {
  return {
    name: 'tiny',
    input: { height: 28, width: 28, channels: 1 },
    layers: [
      {
        kind: 'conv',
        name: 'conv',
        input: 'input',
        outChannels: 8,
        group: 0,
        bias,
        relu: true,
        ...weighted,
        ...window,
      },
      { kind: 'maxPool', name: 'pool', input: 'conv', ...pool },
      { kind: 'flatten', name: 'flatten', input: 'pool' },
      { kind: 'dense', name: 'fc', input: 'flatten', outChannels: 10, group: 1, bias, relu: false, ...weighted },
    ],
  };
}

const config: TrainConfig = { ...COSINE, dataset: 'digits', epochs: 2, batch: 20, limit: 200, seed: 7, shift: 1 };

/** Rules and circuits that an engine does not see: the first engine trains all of them, the others the first. */
const CHANGES: readonly (readonly [string, Partial<TrainConfig>])[] = [
  ['eq5', { gradient: 'eq5', sTanh: 300 }],
  ['ste', { gradient: 'ste' }],
  ['a systematic M⊕', { xor: { kind: 'systematic' } }],
  ['random taps', { xor: { kind: 'random' } }],
  ['two planes and a bias', { planes: 2, bias: true }],
  ['three planes', { planes: 3 }],
  ['identity', { xor: { kind: 'identity' }, nIn: 20, rate: 3e-4 }],
  ['plain 1-bit', { xor: { kind: 'taps', taps: 1 }, nIn: 1, nOut: 1, warmup: { steps: 15 } }],
  ['constant rate', { schedule: 'constant', warmup: { steps: 5 } }],
];

let engine: Engine;
let dataset: Dataset;
let folder: string;

beforeAll(() => {
  dataset = digits({ train: 1000, test: 200 });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-train-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(
  changes: Partial<TrainConfig> = {},
  files: { checkpoint?: string; resume?: boolean } = {},
  hooks: TrainHooks = {},
): Promise<TrainResult> {
  const options = { checkpoint: files.checkpoint ?? null, resume: files.resume ?? false };
  return train(engine, { ...config, ...changes }, inMemory(dataset), options, hooks, tiny(changes.bias ?? false));
}

/** Every learnt value and moment of a run, as bytes. */
function bitsOf(result: TrainResult): Buffer {
  return Buffer.concat(
    result.parameters.flatMap((p) =>
      [p.values, ...p.moments].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)),
    ),
  );
}

class Stop extends Error {}

/** Trains until step `stopAt`, with a checkpoint written after step `saveAt`. */
async function interrupted(checkpoint: string, saveAt: number, stopAt: number): Promise<void> {
  let step = 0;
  const hooks: TrainHooks = {
    onStep: (done) => {
      step = done;
      if (done === stopAt) throw new Stop();
    },
    checkpointDue: () => step === saveAt,
  };
  await expect(run({}, { checkpoint }, hooks)).rejects.toBeInstanceOf(Stop);
}

const engines = (await availableEngines()).filter((name) => name !== 'cpu');

describe.each(engines)('engine %s', (name) => {
  // One thread: other tests run beside this one (engine-native.test.ts has more).
  beforeAll(async () => {
    engine = await createEngine(name, { threads: 1 });
  });

  describe('training', () => {
    it('learns: three epochs over 1000 digits beat chance by far', async () => {
      const result = await run({ limit: null, epochs: 3, batch: 10, rate: 2e-3, shift: 0 });
      const losses = result.history.map((record) => record.loss);
      expect(losses[2]!).toBeLessThan(losses[0]! * 0.6);
      expect(result.history[2]!.testAccuracy).toBeGreaterThan(0.6);
      expect(result.model.provenance.testAccuracy).toBe(result.history[2]!.testAccuracy);
    });

    it.each(casesFor(name, engines, CHANGES))('lowers the loss with %s', async (_, changes) => {
      const { history } = await run({ ...changes, epochs: 4, shift: 0 });
      expect(history[3]!.loss).toBeLessThan(history[0]!.loss * 0.9);
    });

    it('gives equal bits for equal seeds and others for another seed', async () => {
      const [a, b, c] = [await run(), await run(), await run({ seed: 8 })];
      expect(bitsOf(a).equals(bitsOf(b))).toBe(true);
      expect(a.model).toEqual(b.model);
      expect(bitsOf(a).equals(bitsOf(c))).toBe(false);
    });

    it('trains alike on the cpu engine', async () => {
      const here = await run({ epochs: 1, limit: 60 });
      // The digest is that of the 60 examples on which the accuracy was measured.
      const { shape, test } = digits({ train: 0, test: 60 });
      expect(here.model.data!.digest).toBe(splitDigest(shape, test));
      const onCpu = await train(
        await createEngine('cpu'),
        { ...config, epochs: 1, limit: 60 },
        inMemory(dataset),
        { checkpoint: null, resume: false },
        {},
        tiny(false),
      );
      engine = await createEngine(name, { threads: 1 });
      expect(Math.abs(onCpu.history[0]!.loss - here.history[0]!.loss)).toBeLessThan(1e-3);
    });

    it('leaves no tensors behind', async () => {
      const before = engine.tf.memory().numTensors;
      await run({ epochs: 1 });
      expect(engine.tf.memory().numTensors).toBe(before);
    });

    it('refuses more taps than N_in, a batch above the images, and an identity that is not square', async () => {
      await expect(run({ nIn: 4, xor: { kind: 'taps', taps: 5 } })).rejects.toThrow(
        '--taps must not exceed --nin (N_tap ≤ N_in), got N_tap 5 with N_in 4',
      );
      await expect(run({ batch: 201 })).rejects.toThrow('--batch 201 must not exceed the 200 training images');
      await expect(run({ xor: { kind: 'identity' } })).rejects.toThrow('N_in must equal N_out, got 12 and 20');
    });

    it('stops with one line when the loss is no number', async () => {
      await expect(run({ rate: 1e38, schedule: 'constant' })).rejects.toThrow(/the loss became .* try a lower --lr/);
    });
  });

  describe('the exported model', () => {
    it('is valid and holds the codes that were trained', async () => {
      const result = await run({ planes: 2 });
      verifyModel(result.model);
      const weighted = result.model.nodes.filter(
        (n): n is ConvNode | DenseNode => n.kind === 'conv' || n.kind === 'dense',
      );
      expect(weighted.map((n) => n.name)).toEqual(['conv', 'fc']);
      for (const node of weighted) {
        const window = node.kind === 'conv' ? 25 : 392;
        const { weights } = node;
        if (weights.encoding !== 'xor') throw new Error('not encrypted');
        weights.planes.forEach((plane, i) => {
          const x = result.parameters.find((p) => p.name === `${node.name}.x${i}`)!.values;
          const bits = unpackBits(plane.encrypted, x.length);
          expect([...bits]).toEqual(Array.from(x, (v) => (v >= 0 ? 1 : 0)));
          expect(histogramBits(plane.encryptedHistogram!)).toEqual([
            bits.filter((bit) => bit === 0).length,
            bits.filter((bit) => bit === 1).length,
          ]);
          const codes = new Float32Array(window * node.outChannels);
          engine.arrays.decrypt(flexorOp(plane.matrix, codes.length), x, codes);
          expect([...decrypt(bits, plane.matrix, codes.length)]).toEqual(Array.from(codes, (code) => (code + 1) / 2));
        });
        expect(node.range.max).toBeGreaterThan(node.range.min);
        expect(node.range.min >= 0).toBe(node.relu);
      }
    });

    it('says how it was made, without paths', async () => {
      const { model } = await run({}, { checkpoint: join(folder, 'c') });
      expect(model.provenance.recipe).toBe(
        'flexor train lenet5 --dataset digits --nin 12 --nout 20 --taps 2 --epochs 2 --batch 20 --lr 0.001 ' +
          '--schedule cosine --gradient eq6 --stanh 100 --clip none --x-std 0.001 --alpha fan-in --shift 1 --limit 200 --seed 7',
      );
      expect(model.provenance.testImages).toBe(200);
      expect(model.name).toBe('lenet5_digits_12_20');
    });
  });

  describe('checkpoints', () => {
    it.each([
      ['in the middle of an epoch', 7, 9],
      ['at the end of an epoch', -1, 14],
    ])('resume %s to the same bits', async (_, saveAt, stopAt) => {
      const checkpoint = join(folder, 'run.ckpt');
      await interrupted(checkpoint, saveAt, stopAt);
      const resumed = await run({}, { checkpoint, resume: true });
      const whole = await run();
      expect(bitsOf(resumed).equals(bitsOf(whole))).toBe(true);
      expect(resumed.history).toEqual(whole.history);
      expect(resumed.model).toEqual(whole.model);
    });

    it('refuses a run with other options', async () => {
      const checkpoint = join(folder, 'run.ckpt');
      await interrupted(checkpoint, 3, 4);
      await expect(run({ rate: 0.5 }, { checkpoint, resume: true })).rejects.toThrow(
        'belongs to another run: rate was 0.001 and is now 0.5',
      );
    });

    it('refuses a run on other images', async () => {
      const checkpoint = join(folder, 'run.ckpt');
      await interrupted(checkpoint, 3, 4);
      const { images, labels, count } = dataset.train;
      const other = { ...dataset, train: { images: images.map((p, i) => (i === 300 ? 255 - p : p)), labels, count } };
      const resumed = train(engine, config, inMemory(other), { checkpoint, resume: true }, {}, tiny(false));
      await expect(resumed).rejects.toThrow(
        /belongs to another run: the data were digits, 1000 \+ 200 images, \w{16} and are now digits, 1000 \+ 200/,
      );
    });

    it('refuses damaged files in one line', async () => {
      const checkpoint = join(folder, 'run.ckpt');
      await interrupted(checkpoint, 3, 4);
      const good = readFileSync(checkpoint);
      const flipped = Buffer.from(good);
      flipped[good.length - 5]! ^= 1;
      const badHeader = Buffer.from(good);
      badHeader[14] = 0;
      const damages: readonly (readonly [Buffer, string])[] = [
        [Buffer.alloc(0), 'not a checkpoint'],
        [good.subarray(0, 10), 'cut off'],
        [good.subarray(0, 100), 'cut off'],
        [good.subarray(0, good.length - 4), 'SHA-256 differs'],
        [flipped, 'SHA-256 differs'],
        [badHeader, 'header is damaged'],
        [Buffer.from('something else entirely'), 'not a checkpoint'],
      ];
      for (const [bytes, message] of damages) {
        writeFileSync(checkpoint, bytes);
        const error = await run({}, { checkpoint, resume: true }).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(FlexorError);
        expect((error as FlexorError).message).toContain(message);
        expect((error as FlexorError).message).toContain(checkpoint);
        expect((error as FlexorError).message).not.toContain('\n');
      }
    });
  });
});
