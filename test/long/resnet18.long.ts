/**
 * ResNet-18 for ImageNet with random weights: generated within bounds of time and memory, its blocks at full width on
 * reduced images, and the whole network on one image of 224×224, every stream compared and every cycle as predicted.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import { lower } from '../../src/fixed/lower.js';
import type { FlexorModel } from '../../src/model/types.js';
import { saveModel } from '../../src/model/write.js';
import { makeDesign, type Design } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import type { Fold, Manifest } from '../../src/rtl/types.js';
import { flexor } from '../support/cli.js';
import { withPeakMemory } from '../support/peak-memory.js';
import { randomImages } from '../support/random-network.js';
import { RESNET18_BLOCKS, resnet18, resnet18Block } from '../support/resnet18.js';

/** Of the command, while nothing else runs; with FleXOR everywhere the FIFOs of its forks take longer to size. */
const MAX_SECONDS = { ends: 10, everywhere: 20 };
const MAX_BYTES = 1e9;
/** Of Verilator and two compilers together, for the whole network. */
const MAX_BUILD_SECONDS = 20 * 60;
const MAX_BUILD_BYTES = 8e9;
const MAX_LANES = 64;
/** The default gives it more lanes, and is faster to schedule, since no layer then has time to spare. */
const FOLD = { conv1: { pe: 64, simd: 1 } };
const DIGEST = '6'.repeat(64);

const folder = temporaryFolder('flexor-resnet18');
afterAll(() => folder.remove());

function generated(model: FlexorModel, fold: Fold | null) {
  const network = lower(model, DIGEST);
  const design = makeDesign(network, { fold });
  const { manifest, files } = generateRtl(design);
  rmSync(folder.path, { recursive: true, force: true });
  writeDesign({ manifest, files }, folder.path);
  return { design, manifest };
}

function run(design: Design, count: number) {
  const images = randomImages(design.network, count, 1);
  return { folder: folder.path, design, images, seed: 1, layers: true, optimise: 'run-time' as const };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

test.each([false, true])('with FleXOR everywhere: %s, is generated within seconds', async (everywhere) => {
  const file = join(folder.path, 'resnet18.flexor');
  const rtl = join(folder.path, 'rtl');
  saveModel(file, resnet18(1, { everywhere }));
  const start = performance.now();
  const { result, peakBytes } = await withPeakMemory(() => flexor('gen-rtl', file, '-o', rtl));
  const seconds = (performance.now() - start) / 1e3;
  expect(result.code, result.stderr).toBe(0);
  console.log(`gen-rtl: ${seconds.toFixed(1)} s, ${gigabytes(peakBytes)}`);
  expect(seconds).toBeLessThan(everywhere ? MAX_SECONDS.everywhere : MAX_SECONDS.ends);
  expect(peakBytes).toBeLessThan(MAX_BYTES);
  const manifest = JSON.parse(readFileSync(join(rtl, 'manifest.json'), 'utf8')) as Manifest;
  const layers = manifest.layers.flatMap(({ weighted }) => weighted ?? []);
  expect(layers.reduce((sum, { weightBits, planes }) => sum + weightBits / planes.length, 0)).toBeGreaterThan(11e6);
  expect(manifest.prediction.bottleneckUtilisation).toBeGreaterThan(1 / 1.02);
});

test.each(RESNET18_BLOCKS)('block of $inChannels → $channels channels', async (block) => {
  const { design } = generated(resnet18Block(1, block, 8), null);
  for (const stalls of [0, 30]) {
    const result = await cosimulate({ ...run(design, 2), stalls, events: [] });
    expect(result.failure).toBeNull();
    expect(result.frames.length).toBe(2);
    expect(result.mismatches).toBe(0);
  }
});

test('the whole network, one image, at most 64 lanes a layer', async () => {
  const { design, manifest } = generated(resnet18(1), FOLD);
  const { layers, prediction } = manifest;
  for (const { weighted } of layers) expect((weighted?.pe ?? 0) * (weighted?.simd ?? 0)).toBeLessThanOrEqual(MAX_LANES);
  expect(prediction.bottleneckUtilisation).toBeGreaterThan(1 / 1.02);
  // A cache of its own, so that the build is measured every time.
  const options = { cacheDir: join(folder.path, 'cache'), now: () => performance.now() };
  const { result, peakBytes } = await withPeakMemory(() =>
    cosimulate({ ...run(design, 1), ...options, stalls: 0, events: [] }),
  );
  expect(result.failure).toBeNull();
  expect(result.frames.length).toBe(1);
  expect(result.mismatches).toBe(0);
  const { buildSeconds, runSeconds } = result;
  console.log(`build ${buildSeconds!.toFixed(0)} s, ${gigabytes(peakBytes)}; run ${runSeconds!.toFixed(0)} s`);
  expect(buildSeconds).toBeLessThan(MAX_BUILD_SECONDS);
  expect(peakBytes).toBeLessThan(MAX_BUILD_BYTES);
});
