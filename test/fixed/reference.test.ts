/** The executable specification, examples/reference.py, agrees with the toolchain on random models, and sees what is wrong. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compareWithReference } from '../support/reference-run.js';

it('computes every tensor of random models', async () => {
  const { code, output, kinds } = await compareWithReference(20, 24);
  expect(output.split('\n').filter((line) => line !== '' && !/: 0 of \d+ integers differ$/.test(line))).toEqual([]);
  expect({ code, lines: output.split('\n').length > 100 }).toEqual({ code: 0, lines: true });
  const all = ['conv', 'dense', 'maxPool', 'avgPool', 'subsample', 'add', 'activation', 'concat', 'flatten'];
  const lowered = ['two roundings', 'sum of integers', 'residual exact', 'residual rounded'];
  expect([...kinds].sort()).toEqual([...all, ...lowered, 'xor', 'int', 'float', 'uniform', 'bipolar'].sort());
});

it('names the tensor that differs', async () => {
  let changed = '';
  const { code, output } = await compareWithReference(3, 1, 2, (dump) => {
    const files = readdirSync(join(dump, 'layers')).filter((file) => file !== 'input.npy');
    changed = files[0]!.replace('.npy', '');
    const path = join(dump, 'layers', files[0]!);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
  });
  expect(code).toBe(1);
  const differing = output.split('\n').filter((line) => line.endsWith('integers differ') && !/: 0 of/.test(line));
  expect(differing).toHaveLength(1);
  expect(differing[0]).toContain(`: ${changed}: 1 of `);
});

it('is told by a number of the lowering that is another', async () => {
  const { code } = await compareWithReference(1, 6, 2, (dump) => {
    const path = join(dump, 'index.json');
    const index = JSON.parse(readFileSync(path, 'utf8')) as { bits: { multiplierBits: number } };
    index.bits.multiplierBits += 1;
    writeFileSync(path, JSON.stringify(index));
  });
  expect(code).toBe(1);
});
