/** Figures of the weight memories: worked by hand, equal to what is generated, and twice as much in two banks. */
import { expect, test } from 'vitest';
import { lower } from '../../src/fixed/lower.js';
import { weightBits } from '../../src/report/area/weight-bits.js';
import { twoPortBram18 } from '../../src/rtl/cost/two-ports.js';
import { memoryFigures, totalUse } from '../../src/report/memories/figures.js';
import { makeDesign, type Design } from '../../src/rtl/design.js';
import type { WeightSource } from '../../src/rtl/types.js';
import { weightSources } from '../../src/rtl/weight-sources.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { tinyModel } from '../support/tiny-model.js';

const SHAPE = { height: 32, width: 32, channels: 1 };
const MODEL = tinyModel(
  1,
  [{ kind: 'flatten' }, { kind: 'dense', channels: 64, weights: { nIn: 12, nOut: 20, relu: false } }],
  SHAPE,
);
const FOLD = { dense2: { pe: 16, simd: 1 } };

function designWith(source: WeightSource): Design {
  const network = lower(MODEL, '1'.repeat(64), { loadable: source === 'ram' });
  return makeDesign(network, { fold: FOLD, weights: weightSources(network, { source }) });
}

test('a dense layer of 1,024 × 64 weights at 12 bits for 20', () => {
  const [layer] = memoryFigures(designWith('rom'));
  // 3,277 slices; a word of four lasts five of the 4,096 cycles, so 820 words of 48 bits: 3 block RAMs of 512 × 36 and more.
  expect(layer!.flexor).toMatchObject({ idealBits: 39_324, rows: 820, rowBits: 48, storedBits: 39_360 });
  expect(layer!.flexor).toMatchObject({ readsPerFrame: 820, made: 'block', bram18: 3 });
  expect(layer!.flexor.packing).toBeCloseTo(39_324 / (3 * 18_432), 12);
  expect(layer!.plain).toMatchObject({ idealBits: 65_536, rows: 4096, rowBits: 16, storedBits: 65_536, bram18: 4 });
});

test('two banks hold twice as much and are read as often', () => {
  const [fixed] = memoryFigures(designWith('rom'));
  const [loadable] = memoryFigures(designWith('ram'));
  expect(loadable!.flexor.storedBits).toBe(2 * fixed!.flexor.storedBits);
  expect(loadable!.flexor.readsPerFrame).toBe(fixed!.flexor.readsPerFrame);
  expect(loadable!.flexor.bram18).toBeGreaterThan(fixed!.flexor.bram18);
});

test.each([
  // The weight memories of LeNet-5 with --weights ram, as Yosys 0.55 made them (flexor area, target xcup).
  [192, 320, 12],
  [84, 22_938, 126],
  [12, 512, 1],
])('a loadable memory of %i bits × %i takes %i block RAMs', (width, depth, count) => {
  expect(twoPortBram18(width, depth)).toBe(count);
});

test('an area report counts the same bits of plain weights', () => {
  for (const weights of ['rom', 'ram', 'stream'] as const) {
    const design = designWith(weights);
    const { layers } = generateRtl(design).manifest;
    const bits = weightBits(design, 'dense2', layers[0]!.weighted);
    expect(bits!.plainStoredBits).toBe(memoryFigures(design)[0]!.plain.storedBits);
  }
});

test('the manifest says the same of the layers of a network', () => {
  const network = lower(tinyModel(2), '2'.repeat(64));
  const design = makeDesign(network);
  const { layers } = generateRtl(design).manifest;
  const figures = memoryFigures(design);
  const weighted = layers.flatMap(({ name, weighted: w }) => (w === null ? [] : [{ name, ...w }]));
  expect(figures.map(({ name, flexor }) => [name, flexor.idealBits, flexor.readsPerFrame])).toEqual(
    weighted.map(({ name, encryptedBits, memoryReadsPerFrame }) => [name, encryptedBits, memoryReadsPerFrame]),
  );
  // The manifest counts boundary slices too, which are no memory.
  figures.forEach(({ flexor }, i) => expect(flexor.storedBits).toBeLessThanOrEqual(weighted[i]!.storedBits));
  const total = totalUse(figures.map(({ plain }) => plain));
  expect(total.idealBits).toBe(weighted.reduce((sum, { weightBits }) => sum + weightBits, 0));
  expect(total).toMatchObject({ bram18: 0, packing: null });
});
