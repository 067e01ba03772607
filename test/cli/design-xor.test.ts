/** `flexor design-xor`, its file in `flexor train --xor`, and what `flexor inspect` says of the result. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { expectRefused, flexor } from '../support/cli.js';

// Wide enough for every column.
process.env['COLUMNS'] = '200';

const folder = mkdtempSync(join(tmpdir(), 'flexor-design-'));
afterAll(() => rmSync(folder, { recursive: true }));
const matrix = join(folder, 'matrix.json');

it('designs a matrix, trains with it, and finds it in the model', async () => {
  const args = ['design-xor', '--nin', '5', '--nout', '7', '--taps', 'random', '--seeds', '20', '-o', matrix, '--json'];
  const designed = await flexor(...args);
  expect(designed).toMatchObject({ code: 0, stderr: '' });
  const design = JSON.parse(designed.stdout) as { rows: string[]; gates: number; codeDistance: { min: number } };
  expect((await flexor(...args)).stdout).toBe(designed.stdout);
  expect((JSON.parse(readFileSync(matrix, 'utf8')) as typeof design).rows).toEqual(design.rows);

  const model = join(folder, 'model.flexor');
  const train = ['train', 'lenet5', '--dataset', 'digits', '--limit', '50', '--epochs', '1', '--xor', matrix];
  expect(await flexor(...train, '--output', model)).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await flexor('inspect', model, '--json');
  const { xor, layers, provenance } = JSON.parse(stdout) as {
    xor: { layer: string; plane: number; gates: number; codeDistance: { min: number } }[];
    layers: { weighted: { codes: { nIn: number; nOut: number } | null } | null }[];
    provenance: { recipe: string };
  };
  expect(xor.map(({ layer, plane }) => `${layer} ${plane}`)).toEqual(['conv1 0', 'conv2 0', 'fc1 0', 'fc2 0']);
  for (const each of xor) expect(each).toMatchObject({ codeDistance: design.codeDistance });
  for (const each of xor) expect(Math.abs(each.gates - design.gates)).toBeLessThanOrEqual(1);
  for (const { weighted } of layers) if (weighted !== null) expect(weighted.codes).toMatchObject({ nIn: 5, nOut: 7 });
  expect(provenance.recipe).toContain('--xor matrix.json');
  expect(provenance.recipe).not.toContain(folder);
  expect((await flexor('inspect', model)).stdout).toMatch(/^M⊕ +N_in +N_out +different rows +rank/m);
});

it('prints a table and the rows', async () => {
  const { code, stdout } = await flexor('design-xor', '--nin', '4', '--nout', '6', '--seeds', '5');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^best of 5; \d had the same rank/m);
  expect(stdout.match(/^[01]{4}$/gm)).toHaveLength(6);
});

it('says in one line what does not fit', async () => {
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, '{"format": "flexor-xor", "rows": ["01", "00"]}');
  const train = ['train', 'lenet5', '--dataset', 'digits', '--output', join(folder, 'x.flexor'), '--xor'];
  await expectRefused([
    [
      ['design-xor', '--nin', '3', '--nout', '6', '--taps', '4'],
      2,
      /N_tap must not exceed N_in, got N_tap 4 with N_in 3$/,
    ],
    [['design-xor', '--nin', '0', '--nout', '6'], 2, /--nin.*Must be an integer from 1 to 512\.$/],
    [[...train, join(folder, 'none.json')], 1, /cannot read .*none\.json: no such file or directory$/],
    [[...train, bad], 2, /bad\.json: row 1 has no 1 and would give the constant −1$/],
    [[...train, matrix, '--nout', '9'], 2, /--xor .*matrix\.json gives M⊕ whole; leave out --nout$/],
    [[...train, matrix, '--preset', 'aligned-0.5'], 2, /--xor .*matrix\.json gives M⊕ whole; leave out --preset$/],
    [
      [...train.slice(0, -1), '--preset', 'aligned-0.8', '--nin', '9'],
      2,
      /--preset aligned-0\.8 sets the rate; leave out --nin$/,
    ],
  ]);
});

it('a preset sets the rate and leaves the rest to other options', async () => {
  const out = join(folder, 'preset.flexor');
  const run = ['--dataset', 'digits', '--limit', '100', '--epochs', '1', '--taps', '3', '--output', out];
  expect((await flexor('train', 'lenet5', '--preset', 'aligned-0.8', ...run)).code).toBe(0);
  const { layers } = JSON.parse((await flexor('inspect', out, '--json')).stdout) as {
    layers: { weighted: { codes: { nIn: number; nOut: number } } | null }[];
  };
  const rates = layers.flatMap(({ weighted }) => (weighted === null ? [] : [weighted.codes]));
  expect(rates).toHaveLength(4);
  for (const rate of rates) expect(rate).toMatchObject({ nIn: 13, nOut: 16 });
});
