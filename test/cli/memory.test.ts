import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveModel } from '../../src/model/write.js';
import { flexor } from '../support/cli.js';
import { tinyModel } from '../support/tiny-model.js';

// Wide enough for every column.
process.env['COLUMNS'] = '200';

const folder = mkdtempSync(join(tmpdir(), 'flexor-memory-'));
const path = join(folder, 'tiny.flexor');
beforeAll(() => saveModel(path, tinyModel(1)));
afterAll(() => rmSync(folder, { recursive: true }));

interface Output {
  readonly total: Record<'flexor' | 'plain', { readonly idealBits: number; readonly storedBits: number }>;
}

it('flexor memory: table and JSON say the same', async () => {
  const [table, json] = await Promise.all([flexor('memory', path), flexor('memory', path, '--json')]);
  const { total } = JSON.parse(json.stdout) as Output;
  const count = (n: number): string => n.toLocaleString('en-US');
  expect(table.stdout).toMatch(/^layer +rows +ideal bits +stored bits +reads a frame +bits a frame +made of +RAMB18$/m);
  expect(table.stdout).toMatch(
    new RegExp(`^total +FleXOR +${count(total.flexor.idealBits)} +${count(total.flexor.storedBits)} `, 'm'),
  );
  expect(table.stdout).toMatch(
    new RegExp(`^ +plain +${count(total.plain.idealBits)} +${count(total.plain.storedBits)} `, 'm'),
  );
  expect(total.flexor.idealBits).toBeLessThan(total.plain.idealBits);
});
