/** The folder that `simulate --dump` writes: what the plain loops compute, read back from the files. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { prepareDump, writeDump } from '../../src/app/dump.js';
import { silent } from '../../src/app/progress.js';
import { randomImages } from '../../src/cosim/vectors.js';
import { readNpy } from '../../src/data/own/npy.js';
import { lowerWithPlaces } from '../../src/fixed/lower.js';
import { argmax, referenceTrace } from '../../src/simulate/reference.js';
import { RESIDUAL_NODES, TINY_NODES, tinyModel, type TinyNode } from '../support/tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-dump-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DIGEST = '0'.repeat(64);

interface Index {
  readonly images: number;
  readonly input: { readonly file: string };
  readonly layers: readonly { readonly name: string; readonly file: string }[];
  readonly files: readonly string[];
}

async function dumped(nodes: readonly TinyNode[], activationBits: number, into: string) {
  const model = tinyModel(7, nodes);
  const lowered = { model, digest: DIGEST, ...lowerWithPlaces(model, DIGEST, { activationBits }) };
  const quantised = randomImages(lowered.network, 3, 1);
  const images = { dataset: 'random', dataDigest: DIGEST, quantised, count: 3 };
  await writeDump(into, lowered, images, silent);
  const index = JSON.parse(readFileSync(join(into, 'index.json'), 'utf8')) as Index;
  return { network: lowered.network, quantised, index };
}

it.each([
  [8, RESIDUAL_NODES],
  [12, RESIDUAL_NODES],
  [8, TINY_NODES],
])('holds every tensor at %i bits', async (bits, nodes) => {
  const into = join(folder, `bits-${bits}-${nodes.length}`);
  const { network, quantised, index } = await dumped(nodes, bits, into);
  const files = [index.input.file, ...index.layers.map(({ file }) => file)];
  expect(index.layers.map(({ name }) => name)).toEqual(network.nodes.map(({ name }) => name));
  const arrays = files.map((file) => readNpy(join(into, file)));
  const shapes = [network.input, ...network.nodes.slice(0, -1).map(({ outputTensor }) => outputTensor)].map(
    ({ shape }) => [3, shape.height, shape.width, shape.channels],
  );
  expect(arrays.map(({ shape }) => shape)).toEqual([...shapes, [3, network.classes.length]]);
  const classes = readNpy(join(into, 'classes.npy'));
  for (const [i, image] of quantised.entries()) {
    const right = referenceTrace(network, image);
    for (const [n, { values }] of arrays.entries()) {
      const size = right[n]!.length;
      expect(Array.from(values.subarray(i * size, (i + 1) * size)), files[n]).toEqual(Array.from(right[n]!));
    }
    expect(classes.values[i]).toBe(argmax(right.at(-1)!));
  }
});

it('replaces an earlier dump and nothing else', async () => {
  const into = join(folder, 'again');
  await dumped(RESIDUAL_NODES, 8, into);
  writeFileSync(join(into, 'notes.txt'), 'mine');
  const { index } = await dumped(TINY_NODES, 8, into);
  expect(existsSync(join(into, 'layers', 'add4.npy'))).toBe(false);
  expect(index.files.every((file) => existsSync(join(into, file)))).toBe(true);
  expect(readFileSync(join(into, 'notes.txt'), 'utf8')).toBe('mine');
  const other = mkdtempSync(join(folder, 'other-'));
  writeFileSync(join(other, 'index.json'), '{"kind":"mine"}');
  expect(() => prepareDump(other)).toThrow(/only a dump of this tool is replaced/);
});
