/**
 * A depthwise convolution whose reader is slow: the first groups of a pixel are done, and wait, before the last ones have
 * had their vectors, so that a pixel's own results hold up its window and the row that the window frees.
 */
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { cosimulateIcarus } from '../../src/cosim/icarus.js';
import { lower } from '../../src/fixed/lower.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { randomImages } from '../support/random-network.js';
import { tinyModel, type TinyNode } from '../support/tiny-model.js';

const folder = temporaryFolder('flexor-stalled-groups');
afterAll(folder.remove);

/** The fewest groups of which so many wait. */
const GROUPS = 11;
const IMAGES = 6;

const nodes: readonly TinyNode[] = [
  { kind: 'conv', channels: GROUPS, kernel: [1, 1], groups: GROUPS },
  { kind: 'dense', channels: 8, weights: { relu: false } },
];

test('the row of a window that waits is freed in the predicted cycle', async () => {
  const network = lower(tinyModel(1, nodes, { height: 1, width: 1, channels: GROUPS }), '0'.repeat(64));
  const design = makeDesign(network, {
    fold: { conv1: { pe: 1, simd: 1, rowsPerWord: 1 }, dense2: { pe: 1, simd: 1, rowsPerWord: 1 } },
  });
  writeDesign(generateRtl(design), folder.path);
  const images = randomImages(network, IMAGES, 1);
  const result = await cosimulateIcarus({ folder: folder.path, design, images, stalls: 0, seed: 1, layers: true });
  expect(result.failure).toBeNull();
  expect(result).toMatchObject({ passed: true, mismatches: 0 });
});
