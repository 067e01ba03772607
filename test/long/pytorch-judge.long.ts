/**
 * Training judged by PyTorch: the same ResNet-20, first values, images, crops, flips, schedule and decay in both, step by
 * step. Needs Debian's python3-torch and python3-numpy for the interpreter FLEXOR_PYTHON (/usr/bin/python3). Images are
 * those of CIFAR-10 where FLEXOR_DATA has it, else noise about a colour of each class.
 *
 * PyTorch runs in float64, so that the errors are ours alone. A few steps are all that can be compared: a rounding error
 * grows from step to step, whoever makes it, until two runs have nothing but their mean loss in common.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { CIFAR10_NORMALISATION, CIFAR10_SHAPE, findCifar10, loadCifar10 } from '../../src/data/cifar10.js';
import type { PixelDataset, PixelSplit } from '../../src/data/dataset.js';
import { createEngine } from '../../src/train/engine/engines.js';
import type { TrainConfig } from '../../src/train/run/config.js';
import { recipe } from '../../src/train/run/recipes.js';
import { ourRun, verdict } from '../support/pytorch-judge.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-judge-'));
afterAll(() => rmSync(folder, { recursive: true }));

const BATCH = 16;
const EPOCHS = 2;
const STEPS = 4;
const IMAGES = (BATCH * STEPS) / EPOCHS;
const TEST_IMAGES = 100;
const PIXELS = 32 * 32 * 3;

function firstOf({ images, labels }: PixelSplit, count: number): PixelSplit {
  return { images: images.slice(0, count * PIXELS), labels: labels.slice(0, count), count };
}

function noise(seed: number, count: number): PixelSplit {
  const random = new Random(seed);
  const labels = Uint8Array.from({ length: count }, () => random.below(10));
  const images = Uint8Array.from({ length: count * PIXELS }, (_, i) => {
    const label = labels[Math.floor(i / PIXELS)]!;
    return random.below(156) + 10 * ((label + 3 * (i % 3)) % 10);
  });
  return { images, labels, count };
}

function imageSet(): PixelDataset {
  const real = process.env.FLEXOR_DATA === undefined ? null : findCifar10(process.env.FLEXOR_DATA);
  if (real !== null) {
    const whole = loadCifar10(real);
    return { ...whole, train: firstOf(whole.train, IMAGES), test: firstOf(whole.test, TEST_IMAGES) };
  }
  const classes = Array.from({ length: 10 }, (_, i) => String(i));
  const info = { name: 'noise', shape: CIFAR10_SHAPE, normalisation: CIFAR10_NORMALISATION, classes };
  return { ...info, train: noise(1, IMAGES), test: noise(2, TEST_IMAGES) };
}

const largest = (values: Float32Array): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

test.each<[string, Partial<TrainConfig>]>([
  // Decay and smoothing far beyond what one trains with, so that they show in a few steps; at a rate of 0.1 the first
  // steps of full precision blow up rounding errors a hundredfold each.
  ['full precision', { weights: 'full', rate: 0.01, weightDecay: 0.05, labelSmoothing: 0.2 }],
  [
    'FleXOR, eq. 6',
    { weights: 'flexor', nIn: 16, nOut: 20, xor: { kind: 'systematic' }, xStd: 0.05, weightDecay: 0.05 },
  ],
])('%s', async (_name, options) => {
  const engine = await createEngine('native', { threads: 1 });
  const config: TrainConfig = { ...recipe('resnet20', 'cosine'), ...options, epochs: EPOCHS, batch: BATCH };
  const { losses, first, result } = await ourRun(engine, config, imageSet(), folder);
  const judge = verdict(folder);
  expect(losses).toHaveLength(STEPS);
  losses.forEach((loss, i) => expect(Math.abs(loss - judge.losses[i]!)).toBeLessThan(1e-3));

  let at = 0;
  const errors = result.parameters.map(({ name, values }, i) => {
    const exact = judge.learnt.subarray(at, (at += values.length));
    const moved = largest(values.map((v, k) => v - first[i]![k]!));
    return { name, moved, error: largest(values.map((v, k) => v - exact[k]!)) };
  });
  expect(at).toBe(judge.learnt.length);
  // Behind a batch norm α has no effect: it moves by rounding errors alone.
  expect(errors.filter(({ moved, error }) => !(moved > 0 && error < 0.01 * moved + 1e-6))).toEqual([]);

  for (const node of result.model.nodes) {
    if (!('batchNorm' in node) || node.batchNorm === null) continue;
    const [means, variances] = judge.averages[node.name]!;
    node.batchNorm.mean.forEach((v, c) => expect(Math.abs(v - means[c]!)).toBeLessThan(1e-3));
    // PyTorch's running variance is unbiased: larger by a factor of 1024/1023 at most.
    node.batchNorm.variance.forEach((v, c) => expect(Math.abs(v / variances[c]! - 1)).toBeLessThan(3e-3));
  }
  expect(result.history.at(-1)!.testAccuracy).toBeCloseTo(judge.accuracy, 2);

  // That each image is a crop was seen by the judge; here that they are many, and every second one mirrored.
  const seen = BATCH * STEPS;
  expect(Math.abs(judge.flips / seen - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / seen));
  const crops = judge.crops.flat();
  expect(crops).toHaveLength(81);
  expect(crops.filter((count) => count > 0).length).toBeGreaterThan(30);
});
