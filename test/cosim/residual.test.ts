/** Residual networks through lowering, generation and co-simulation: every stream, and every cycle as predicted. */
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import { lower } from '../../src/fixed/lower.js';
import type { FlexorModel } from '../../src/model/types.js';
import { generateRtl, writeDesign } from '../../src/rtl/generate.js';
import { randomImages } from '../support/random-network.js';
import { RESIDUAL_NODES, tinyModel } from '../support/tiny-model.js';
import { tinyResnet } from '../support/tiny-resnet.js';

const folder = temporaryFolder('flexor-residual');
afterAll(() => folder.remove());

test.each<[string, FlexorModel]>([
  ['identity, option A and projection', tinyModel(1, RESIDUAL_NODES)],
  ['a ResNet of one block a stage', tinyResnet(1, { blocks: 1, width: 8, side: 8 })],
])('%s', async (_, model) => {
  const network = lower(model, '6'.repeat(64), { floatBits: 4, layerBits: { conv1: 6 } });
  const design = generateRtl(network, { fold: null, activationBits: 8, multiplierBits: 16 });
  rmSync(folder.path, { recursive: true, force: true });
  writeDesign(design, folder.path);
  const images = randomImages(network, 4, 1);
  const common = { folder: folder.path, network, images, seed: 1, layers: true, optimise: 'build-time' as const };
  for (const stalls of [0, 40]) {
    const result = await cosimulate({ ...common, stalls, events: [], jobs: 1 });
    expect(result.failure).toBeNull();
    expect(result.passed).toBe(true);
    expect(result.frames.length).toBe(images.length);
  }
});
