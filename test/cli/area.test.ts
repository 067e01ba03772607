/** `flexor area` as users run it: JSON and tables of one report, and one line for what goes wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeModel } from '../../src/model/write.js';
import type { AreaReport } from '../../src/report/area/types.js';
import { expectRefused, flexor } from '../support/cli.js';
import { tinyModel } from '../support/tiny-model.js';
import type { TinyNode } from '../support/tiny-model.js';

// Wide enough for every column.
process.env['COLUMNS'] = '200';

const folder = mkdtempSync(join(tmpdir(), 'flexor-area-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'tiny.flexor');
const nodes: readonly TinyNode[] = [
  { kind: 'pool' },
  { kind: 'flatten' },
  { kind: 'dense', channels: 3, weights: { nIn: 5, nOut: 7, taps: null, relu: false } },
];
writeFileSync(path, writeModel(tinyModel(1, nodes)));
const cache = ['--cache', join(folder, 'cache')];
const measure = ['area', path, '--target', 'gates', '--plain', '--check-flat', ...cache];

it('prints the same figures as JSON and as tables', async () => {
  const { code, stdout, stderr } = await flexor(...measure, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout) as AreaReport;
  expect(report).toMatchObject({ model: 'tiny-1', target: 'gates' });
  expect(report.yosysVersion).toMatch(/^Yosys \d+\.\d+/);
  // 4·4·3 weights in 7 slices of 5 bits.
  expect(report.weights).toMatchObject({ weightBits: 48, encryptedBits: 35 });
  expect(report.weights.storedBits).toBeGreaterThanOrEqual(35);
  expect(report.weights.plainStoredBits).toBeGreaterThanOrEqual(48);
  expect(report.layers.map(({ decryptor, plain }) => [decryptor !== null, plain !== null])).toEqual([
    [false, false],
    [true, true],
  ]);
  // The plain reference's decryptor is a register of PE bits; seven weights a slice need a wider one.
  expect(report.plainTotal!.flipFlops).toBeLessThan(report.total.flipFlops);

  const tables = await flexor(...measure);
  const cell = (n: number): string => Math.round(n).toLocaleString('en-US').replaceAll('.', '\\.');
  const { nand2, flipFlops } = report.total;
  expect(tables.stdout).toMatch(new RegExp(`^total +${cell(nand2)} +${cell(flipFlops)} `, 'm'));
  const { storedBits, plainStoredBits } = report.weights;
  expect(tables.stdout).toMatch(new RegExp(`^total +48 +35 +${cell(storedBits)} .* ${cell(plainStoredBits)} `, 'm'));
  expect(tables.stdout).toContain('against a plain 1-bit network with the same fold:');
  const { area, merged } = report.layers[1]!;
  expect(tables.stdout).toMatch(new RegExp(`^ +merged +${cell(merged.nand2)} +${cell(merged.flipFlops)} `, 'm'));
  expect(tables.stdout).toMatch(
    new RegExp(`^ += layer +${cell(area.resources.nand2)} +${cell(area.resources.flipFlops)} `, 'm'),
  );
  const { flat } = report;
  expect(flat!.difference.nand2).toBeCloseTo(flat!.area.resources.nand2 - nand2, 6);
  expect(tables.stdout).toMatch(new RegExp(`^flat +${cell(flat!.area.resources.nand2)} `, 'm'));
});

it('says in one line what is wrong', async () => {
  const cases: readonly (readonly [string[], number, RegExp])[] = [
    [['--target', 'xilinx'], 2, /^flexor: .*'xilinx'.* Must be one of xcup, xc7, ecp5, ice40, asic, gates\.$/],
    [['--liberty', path], 2, /^flexor: --liberty is for --target asic, not for --target xcup$/],
    [['--target', 'asic', '--liberty', path], 1, /^flexor: .*tiny\.flexor:\d+: not Liberty: .*$/],
    [['--target', 'gates', '--pnr'], 2, /^flexor: place and route is for targets ice40 and ecp5, not for gates$/],
    [['--timeout', '0'], 2, /^flexor: .*Must be a number of at least 1\.$/],
    [['--fold', join(folder, 'none.json')], 1, /^flexor: cannot read .*none\.json: no such file or directory$/],
  ];
  await expectRefused(cases.map(([options, ...rest]) => [['area', path, ...options], ...rest]));
});
