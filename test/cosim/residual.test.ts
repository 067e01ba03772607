/** Residual networks through lowering, generation and co-simulation: every stream, and every cycle as predicted. */
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import { lower } from '../../src/fixed/lower.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import type { FlexorModel } from '../../src/model/types.js';
import { weightedNodes } from '../../src/rtl/lanes.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { withWidths } from '../../src/rtl/stream-widths.js';
import type { Fold } from '../../src/rtl/types.js';
import { randomImages } from '../support/random-network.js';
import { RESIDUAL_NODES, tinyModel } from '../support/tiny-model.js';
import { tinyResnet } from '../support/tiny-resnet.js';

const folder = temporaryFolder('flexor-residual');
afterAll(() => folder.remove());

/** All channels at once, and streams as wide as they can be. */
function widest(network: IntNetwork): Fold {
  const lanes = weightedNodes(network).map((node) => [node.name, { pe: node.outChannels, simd: 1 }] as const);
  return withWidths(network, Object.fromEntries(lanes), 1);
}

test.each<[string, FlexorModel, ((network: IntNetwork) => Fold) | null]>([
  ['identity, option A and projection', tinyModel(1, RESIDUAL_NODES), null],
  ['a ResNet of one block a stage', tinyResnet(1, { blocks: 1, width: 8, side: 8 }), null],
  ['the same with streams as wide as can be', tinyResnet(1, { blocks: 1, width: 8, side: 8 }), widest],
])('%s', async (_, model, foldOf) => {
  const network = lower(model, '6'.repeat(64), { floatBits: 4, layerBits: { conv1: 6 } });
  const fold = foldOf && foldOf(network);
  const design = makeDesign(network, { fold });
  const generated = generateRtl(design);
  const widths = generated.manifest.streams.map(({ width }) => width);
  expect(Math.max(...widths)).toBe(fold === null ? 1 : 32);
  rmSync(folder.path, { recursive: true, force: true });
  writeDesign(generated, folder.path);
  const images = randomImages(network, 4, 1);
  const common = { folder: folder.path, design, images, seed: 1, layers: true, optimise: 'build-time' as const };
  for (const stalls of [0, 40]) {
    const result = await cosimulate({ ...common, stalls, events: [], jobs: 1 });
    expect(result.failure).toBeNull();
    expect(result.passed).toBe(true);
    expect(result.frames.length).toBe(images.length);
  }
});
