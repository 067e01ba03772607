/** Every command of the tutorials and of docs/data.md, as they stand there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { digits } from '../../src/data/digits.js';
import { encodePng } from '../../src/base/png.js';
import { runBlock, shellBlocks } from '../support/documents.js';
import { flowerTable, idxBytes, put, smallDigits, writeSmallDigits, zip } from '../support/own-data.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-tutorials-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(readdirSync('docs/tutorials'))('docs/tutorials/%s', (page) => {
  test.each(shellBlocks(`docs/tutorials/${page}`))('%s', (block) => {
    const { code, output } = runBlock(block, join(folder, page.replace('.md', '')));
    expect(code, output).toBe(0);
    if (block.includes('flexor compare')) expect(output).toMatch(/RTL with 30% stalls, seed 1: 0 of 5 images differ/);
    // Bits of the training engine differ from machine to machine; a network that has learnt nothing does not pass.
    const right = /wrote .*: ([\d.]+)% of the test images right/.exec(output)?.[1];
    if (block.includes('flexor train')) expect(Number(right)).toBeGreaterThan(75);
    const inPyTorch = /([\d.]+)% of the test images right in PyTorch/.exec(output)?.[1];
    if (block.includes('train_pytorch.py')) expect(Number(inPyTorch)).toBeGreaterThan(75);
    if (block.includes('driver.py run')) {
      const frames = /--images (\d+)/.exec(block)?.[1] ?? '20';
      for (const part of ['eye', 'ear']) expect(output).toContain(`${part}: ${frames} of ${frames} classes`);
    }
    if (block.includes('flexor fold shapes')) expect(output).toContain('cycles a frame  1,536');
  });
});

test.each([
  ['own-data', 256],
  ['pytorch', 144],
])('docs/tutorials/%s.md leaves a design with a testbench of test images', (page, pixels) => {
  const beats = readFileSync(join(folder, page, 'design/tb/inputs.hex'), 'utf8')
    .trim()
    .split('\n');
  expect(beats).toHaveLength(4 * pixels);
});

describe('docs/data.md', () => {
  const at = (name: string): string => join(folder, 'data', name);

  /** Data of every form under the names of the page. */
  function writeData(): void {
    put(
      at('net.json'),
      JSON.stringify({
        networkVersion: 1,
        name: 'net',
        recipe: 'lenet5',
        layers: [
          { kind: 'conv', outChannels: 4, kernel: [3, 3], stride: [2, 2], group: 0, batchNorm: true },
          { kind: 'dense', outChannels: 'classes', group: null, bias: true, relu: false },
        ],
      }),
    );
    writeSmallDigits(at('arrays'), 200, 50);
    const names = ['x_train', 'y_train', 'x_test', 'y_test'].map((name) => `${name}.npy`);
    put(at('arrays.npz'), zip(Object.fromEntries(names.map((name) => [name, readFileSync(at(`arrays/${name}`))]))));
    put(at('flowers.csv'), flowerTable(300));
    const { train, test: tested } = smallDigits(100, 20);
    for (const [split, set] of Object.entries({ train, test: tested })) {
      for (let i = 0; i < set.count; i++) {
        const pixels = set.images.subarray(196 * i, 196 * (i + 1));
        put(at(`photos/${split}/digit${set.labels[i]}/${i}.png`), encodePng(pixels, 14, 14, 1));
      }
    }
    const drawn = digits({ train: 100, test: 30 });
    for (const [stem, { count, images, labels }] of Object.entries({ train: drawn.train, t10k: drawn.test })) {
      put(at(`idx/${stem}-images-idx3-ubyte`), idxBytes([count, 28, 28], images));
      put(at(`idx/${stem}-labels-idx1-ubyte`), idxBytes([count], labels));
    }
    const record = (i: number): Buffer =>
      Buffer.concat([Buffer.from([i % 3]), Buffer.alloc(3072, 60 * (i % 3) + (i % 7))]);
    put(at('cifar/train.bin'), Buffer.concat(Array.from({ length: 60 }, (_, i) => record(i))));
    put(at('cifar/test.bin'), Buffer.concat(Array.from({ length: 12 }, (_, i) => record(i))));
  }

  // What begins with npm is for a checkout (the fuzzer has a test of its own).
  test.each(shellBlocks('docs/data.md').filter((block) => !block.startsWith('npm ')))('%s', (block) => {
    if (block.includes('arrays/')) writeData();
    const { code, output } = runBlock(block, join(folder, 'data'));
    expect(code, output).toBe(0);
  });
});
