/** CIFAR-10's binary files: layout, order of pixels, where they are looked for, and what damaged ones say. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { Random } from '../../src/base/random.js';
import { CIFAR10_NORMALISATION, findCifar10, loadCifar10, loadCifar10Test } from '../../src/data/cifar10.js';
import { gatherBatch } from '../../src/data/dataset.js';
import { writeCifar10 } from '../support/cifar10.js';

const root = mkdtempSync(join(tmpdir(), 'flexor-cifar-'));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** A folder of its own with tiny files: image n of file f has label (f + n) mod 10. */
function folderOf(name: string): string {
  return writeCifar10(join(root, name), 2);
}

describe('reading', () => {
  it('puts the five training files one behind the other and turns planes of colour into pixels', () => {
    const folder = folderOf('good');
    const set = loadCifar10(folder);
    expect(set.train.count).toBe(10);
    expect([...set.train.labels]).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
    expect([...set.test.labels]).toEqual([5, 6]);
    expect(set.shape).toEqual({ height: 32, width: 32, channels: 3 });
    // The support file writes (colour · 80 + row + column + image) into every pixel.
    const second = set.train.images.subarray(3072, 2 * 3072);
    const at = (y: number, x: number): number[] => [...second.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 3)];
    expect(at(0, 0)).toEqual([1, 81, 161]);
    expect(at(3, 7)).toEqual([11, 91, 171]);
    expect(loadCifar10Test(folder)).toEqual(set.test);
  });

  it('gives normalised pixels, (p/255 − mean)/std per channel', () => {
    const set = loadCifar10(folderOf('normalised'));
    const { pixels } = gatherBatch(set, set.train, Uint32Array.of(1));
    const { mean, std } = CIFAR10_NORMALISATION;
    [1, 81, 161].forEach((p, c) => expect(pixels[c]).toBe(Math.fround((p / 255 - mean[c]!) / std[c]!)));
  });
});

it('mirrors every second image and leaves the others', () => {
  const set = loadCifar10(folderOf('mirrored'));
  const plain = gatherBatch(set, set.train, Uint32Array.of(0)).pixels;
  const mirrored = Float32Array.from(plain, (_, i) => {
    const [pixel, c] = [Math.floor(i / 3), i % 3];
    return plain[(pixel - (pixel % 32) + 31 - (pixel % 32)) * 3 + c]!;
  });
  expect(mirrored).not.toEqual(plain);
  const random = new Random(1);
  let flips = 0;
  for (let n = 0; n < 200; n++) {
    const { pixels } = gatherBatch(set, set.train, Uint32Array.of(0), { shift: 0, flip: true, random });
    const flipped = pixels[0] === mirrored[0];
    expect(pixels).toEqual(flipped ? mirrored : plain);
    flips += Number(flipped);
  }
  expect(Math.abs(flips - 100)).toBeLessThan(40);
});

describe('the folder', () => {
  it('is the one that was asked for, its cifar-10-batches-bin, or that below cifar10', () => {
    const folder = folderOf('nested/cifar10/cifar-10-batches-bin');
    expect(findCifar10(folder)).toBe(folder);
    expect(findCifar10(join(root, 'nested/cifar10'))).toBe(folder);
    expect(findCifar10(join(root, 'nested'))).toBe(folder);
    vi.stubEnv('FLEXOR_DATA', join(root, 'nested'));
    expect(findCifar10()).toBe(folder);
  });

  it('without the files is an error of one line', () => {
    mkdirSync(join(root, 'empty'));
    expect(() => findCifar10(join(root, 'empty'))).toThrow(
      /^--data: CIFAR-10 folder .*empty holds no test_batch.bin, nor does its folder cifar-10-batches-bin; fetch CIFAR-10's binary version and unpack it there$/,
    );
    vi.stubEnv('FLEXOR_DATA', join(root, 'gone'));
    expect(() => findCifar10()).toThrow(/^FLEXOR_DATA: CIFAR-10 folder .*gone does not exist$/);
  });
});

describe('damaged files', () => {
  const damages: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ['cut off', (path) => truncateSync(path, 5000), /records of 3073 bytes, got 5000 bytes; fetch the file again$/],
    ['empty', (path) => truncateSync(path, 0), /records of 3073 bytes, got 0 bytes/],
    [
      'with a wrong label',
      (path) => writeFileSync(path, Buffer.alloc(3073, 11)),
      /label of image 0 must be 0 to 9, got 11$/,
    ],
    ['missing', (path) => rmSync(path), /cannot read .*data_batch_3.bin/],
  ];
  it.each(damages)('%s', (name, damage, message) => {
    const folder = folderOf(`damaged ${name}`);
    damage(join(folder, 'data_batch_3.bin'));
    const attempt = (): unknown => loadCifar10(folder);
    expect(attempt).toThrow(FlexorError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(/data_batch_3.bin/);
  });
});
