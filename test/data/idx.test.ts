/** The IDX reader and the search for MNIST: every kind of damage gets one clear line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { parseIdx, readIdx } from '../../src/data/idx.js';
import { findMnist, loadMnist, loadMnistTest } from '../../src/data/mnist.js';

function idx(sizes: readonly number[], data: Uint8Array, magic = 0x800 | sizes.length): Uint8Array {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(magic);
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, data]);
}

const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * 7) % 256);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-data-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

function thrown(action: () => unknown): FlexorError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(FlexorError);
    expect((error as FlexorError).message).not.toContain('\n');
    return error as FlexorError;
  }
  throw new Error('nothing was thrown');
}

/** A small MNIST folder: 5 training and 3 test images. */
function writeMnist(to: string, gzip: boolean, changes: Readonly<Record<string, Uint8Array>> = {}): void {
  mkdirSync(to, { recursive: true });
  const files: Record<string, Uint8Array> = {
    'train-images-idx3-ubyte': idx([5, 28, 28], bytes(5 * 784)),
    'train-labels-idx1-ubyte': idx([5], Uint8Array.of(0, 1, 2, 3, 4)),
    't10k-images-idx3-ubyte': idx([3, 28, 28], bytes(3 * 784)),
    't10k-labels-idx1-ubyte': idx([3], Uint8Array.of(9, 8, 7)),
    ...changes,
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(to, gzip ? `${name}.gz` : name), gzip ? gzipSync(content) : content);
  }
}

describe('IDX files', () => {
  it.each([false, true])('are read, gzipped: %s', (gzip) => {
    const file = idx([2, 3, 4], bytes(24));
    const path = join(folder, 'a');
    writeFileSync(path, gzip ? gzipSync(file) : file);
    const array = readIdx(path, 3);
    expect(array.sizes).toEqual([2, 3, 4]);
    expect([...array.data]).toEqual([...bytes(24)]);
  });

  it.each([
    ['empty', new Uint8Array(0), 'starts with 0x00000803, got only 0 bytes'],
    ['wrong magic', idx([2, 3, 4], bytes(24), 0x0d03), 'starts with 0x00000803, got 0x00000d03'],
    ['wrong dimensions', idx([24], bytes(24)), 'starts with 0x00000803, got 0x00000801'],
    ['cut header', idx([2, 3, 4], bytes(24)).subarray(0, 9), 'the IDX header has 16 bytes, the file only 9'],
    ['cut data', idx([2, 3, 4], bytes(23)), '2×3×4 needs 24 bytes of data, the file has 23'],
    ['surplus data', idx([2, 3, 4], bytes(25)), '2×3×4 needs 24 bytes of data, the file has 25'],
    ['huge sizes', idx([0xffffffff, 0xffffffff, 2], bytes(8)), 'the file has 8'],
  ])('%s is refused', (_, file, message) => {
    const error = thrown(() => parseIdx(file, 3, 'images'));
    expect(error.code).toBe('data');
    expect(error.message).toContain(message);
    expect(error.message).toContain('images: ');
  });

  it('damaged gzip data are refused', () => {
    const path = join(folder, 'a.gz');
    writeFileSync(path, gzipSync(idx([24], bytes(24))).subarray(0, 20));
    expect(thrown(() => readIdx(path, 1)).message).toMatch(/gzip data are damaged .* fetch the file again/);
  });
});

describe('MNIST', () => {
  it.each([false, true])('is loaded from a folder, gzipped: %s', (gzip) => {
    writeMnist(folder, gzip);
    const mnist = loadMnist(folder);
    expect(mnist.train.count).toBe(5);
    expect([...mnist.train.labels]).toEqual([0, 1, 2, 3, 4]);
    expect([...mnist.test.images]).toEqual([...bytes(3 * 784)]);
    expect(mnist.classes).toHaveLength(10);
    expect([...loadMnistTest(folder).labels]).toEqual([9, 8, 7]);
  });

  it.each([
    ['another image size', { 't10k-images-idx3-ubyte': idx([3, 14, 56], bytes(3 * 784)) }, 'are 28×28, got 14×56'],
    ['too few labels', { 't10k-labels-idx1-ubyte': idx([2], Uint8Array.of(1, 2)) }, '2 labels for the 3 images'],
    [
      'a label above 9',
      { 't10k-labels-idx1-ubyte': idx([3], Uint8Array.of(1, 10, 2)) },
      'label 1 must be 0 to 9, got 10',
    ],
  ])('refuses %s', (_, changes, message) => {
    writeMnist(folder, false, changes);
    expect(thrown(() => loadMnistTest(folder)).message).toContain(message);
  });

  it('names a file that is missing', () => {
    writeMnist(folder, true);
    rmSync(join(folder, 'train-labels-idx1-ubyte.gz'));
    expect(thrown(() => loadMnist(folder)).message).toContain('has no train-labels-idx1-ubyte');
  });
});

describe('findMnist', () => {
  it('finds the files in the folder itself or in its subfolder mnist', () => {
    writeMnist(join(folder, 'a'), false);
    writeMnist(join(folder, 'b', 'mnist'), true);
    expect(findMnist(join(folder, 'a'))).toBe(join(folder, 'a'));
    expect(findMnist(join(folder, 'b'))).toBe(join(folder, 'b', 'mnist'));
  });

  it('takes FLEXOR_DATA where no folder is given, and the option before it', () => {
    writeMnist(join(folder, 'a'), false);
    writeMnist(join(folder, 'b'), false);
    vi.stubEnv('FLEXOR_DATA', join(folder, 'b'));
    expect(findMnist()).toBe(join(folder, 'b'));
    expect(findMnist(join(folder, 'a'))).toBe(join(folder, 'a'));
  });

  it('refuses a folder that was asked for and has no MNIST', () => {
    const missing = join(folder, 'none');
    expect(thrown(() => findMnist(missing)).message).toBe(`--data: MNIST folder ${missing} does not exist`);
    expect(thrown(() => findMnist(folder)).message).toContain('holds no t10k-images-idx3-ubyte(.gz)');
    vi.stubEnv('FLEXOR_DATA', missing);
    expect(thrown(() => findMnist()).message).toBe(`FLEXOR_DATA: MNIST folder ${missing} does not exist`);
  });
});
