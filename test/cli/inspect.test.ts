import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { unpackBits } from '../../src/base/bits.js';
import { encryptedHistogram } from '../../src/model/histogram.js';
import type { Inventory } from '../../src/model/inventory.js';
import { saveModel, writeModel } from '../../src/model/write.js';
import { flexor } from '../support/cli.js';
import { codePlanes, SPREAD_NODES, tinyModel } from '../support/tiny-model.js';

// Wide enough for every column.
process.env['COLUMNS'] = '200';

const folder = mkdtempSync(join(tmpdir(), 'flexor-inspect-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'tiny.flexor');
writeFileSync(path, writeModel(tinyModel(1)));

it('counts what the layers store', async () => {
  const { code, stdout, stderr } = await flexor('inspect', path, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { layers, totals, name } = JSON.parse(stdout) as Inventory;
  expect(name).toBe('tiny-1');
  expect(layers.map((layer) => layer.outputShape.join('×'))).toEqual(['8×8×4', '4×4×4', '2×2×6', '1×1×24', '1×1×3']);
  // 3·3·1·4 weights in 2 slices of 12→20; 3·3·4·6 in 31 slices of 5→7, two planes; 24·3 in 8 slices of 8→10.
  expect(layers.map(({ weighted }) => weighted?.weights ?? null)).toEqual([36, null, 216, null, 72]);
  expect(layers.map(({ weighted }) => weighted?.encryptedBits ?? null)).toEqual([24, null, 310, null, 64]);
  expect(layers.map(({ weighted }) => weighted?.codes?.nTap)).toEqual([2, undefined, null, undefined, 2]);
  expect(layers.map(({ weighted }) => weighted?.macs ?? 0)).toEqual([2304, 0, 864, 0, 72]);
  expect(totals).toMatchObject({ weights: 324, encryptedBits: 398, matrixBits: 240 + 70 + 80, alphaBits: 32 * 19 });
  expect(totals).toMatchObject({ biasBits: 96, batchNormBits: 32 * 24, floatWeightBits: 32 * 324 });
  expect(totals.compression.weights).toBeCloseTo((32 * 324) / 398, 10);
  expect(totals.compression.paper).toBeCloseTo((32 * 327) / (398 + 608), 10);
  expect(layers.map(({ weighted }) => weighted?.codes?.plain)).toEqual([false, undefined, false, undefined, false]);
  expect(layers[2]!.weighted!.codes!.encryptedHistograms).toEqual([null, null]);
  expect(totals.compression.weightsMatrixAlpha).toBeCloseTo((32 * 324) / (398 + 390 + 608), 10);
  expect(totals.compression.everything).toBeCloseTo((32 * 351) / (398 + 390 + 608 + 864), 10);
});

it('prints tables for people', async () => {
  const { stdout } = await flexor('inspect', path);
  expect(stdout).toMatch(/^layer +kind +input +output/m);
  expect(stdout).toMatch(/^conv3 +2 +5 +7 +mixed +1\.435 +216 +310 +70 +384 +768$/m);
  expect(stdout).toMatch(/^weights only +26\.05× smaller/m);
  expect(stdout).toMatch(/^as the paper +10\.40× smaller/m);
  expect(stdout).toMatch(/^weights +FleXOR, 1\.228 bits a weight$/m);
  expect(stdout).toMatch(/^encrypted weights +the file has no histogram of them$/m);
});

it('has a column for groups and one for dilation where a layer has them', async () => {
  const spread = join(folder, 'spread.flexor');
  writeFileSync(spread, writeModel(tinyModel(3, SPREAD_NODES)));
  const { stdout } = await flexor('inspect', spread);
  expect(stdout).toMatch(/^layer .* padding +dilation +groups +then +range/m);
  expect(stdout).toMatch(/^conv2 +conv .* 1 1 1 1 +4 +/m);
  expect(stdout).toMatch(/^conv3 +conv .* 2 2 2 2 +2×2 +2 +/m);
  expect((await flexor('inspect', path)).stdout).not.toMatch(/dilation|groups/);
});

it('calls a model plain where M⊕ is the identity, and shows the histogram of its encrypted weights', async () => {
  const plain = join(folder, 'plain.flexor');
  const model = tinyModel(2, [{ kind: 'dense', channels: 2, weights: { nIn: 1, nOut: 1, taps: 1 } }]);
  const dense = model.nodes[0]!;
  if (dense.kind !== 'dense') throw new Error('not reached');
  const codes = codePlanes(dense)[0]!;
  const x = Float32Array.from(
    unpackBits(codes.encrypted, 128),
    (bit, i) => (bit === 1 ? 1 : -1) * (i === 127 ? 9 : 0.1),
  );
  const histogram = encryptedHistogram(x);
  const planes = [{ ...codes, encryptedHistogram: histogram }];
  saveModel(plain, { ...model, nodes: [{ ...dense, weights: { encoding: 'xor', planes } }] });
  const { stdout } = await flexor('inspect', plain);
  expect(stdout).toMatch(/^weights +plain 1-bit: M⊕ is the identity/m);
  expect(stdout).toMatch(/^dense1 +1 +1 +1 +identity +1\.000 +128 +128 /m);
  // 0.1 is bin 10 of 20 on either side; the 9 is above, and counts as a bit 1.
  expect(stdout).toMatch(/^dense1 +−0\.2 +│ {9}▇ {10}│ {10}█ {9}│ +\+0\.2 +0 +1 +56 +72$/m);
  const { layers } = JSON.parse((await flexor('inspect', plain, '--json')).stdout) as Inventory;
  expect(layers[0]!.weighted!.codes).toMatchObject({ plain: true, nTap: 1, encryptedHistograms: [histogram] });
});

it('refuses damaged and missing files in one line', async () => {
  const damaged = join(folder, 'damaged.flexor');
  writeFileSync(damaged, writeModel(tinyModel(1)).subarray(0, 900));
  const empty = join(folder, 'empty.flexor');
  writeFileSync(empty, '');
  for (const [file, text] of [
    [damaged, /^flexor: .*damaged\.flexor: header length: must be within the file, got \d+ .*\(truncated\?\)\n$/],
    [empty, /^flexor: .*empty\.flexor: file size: must be at least 8 bytes, got 0\n$/],
    [join(folder, 'none.flexor'), /^flexor: cannot read .*none\.flexor: no such file or directory\n$/],
    [folder, /^flexor: cannot read .*: it is a directory\n$/],
  ] as const) {
    const { code, stdout, stderr } = await flexor('inspect', file);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(text);
  }
});
