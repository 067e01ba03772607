/** `flexor price-sweep` on a few small matrices: table, JSON, CSV and plot of one report. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SweepReport } from '../../src/report/price/sweep/types.js';
import { median } from '../../src/report/price/sweep/rows.js';
import { flexor } from '../support/cli.js';

// Wide enough for every column.
process.env['COLUMNS'] = '200';

const folder = mkdtempSync(join(tmpdir(), 'flexor-sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));
const kinds = ['--nout', '4,6', '--ratios', '0.75,0.8,1', '--taps', '2,random', '--seeds', '2', '--pe', '4'];
const sweep = ['price-sweep', ...kinds, '--cache', join(folder, 'cache')];

test('gives every kind a row, the same in every form', async () => {
  const [csv, svg] = [join(folder, 'sweep.csv'), join(folder, 'sweep.svg')];
  const { code, stdout, stderr } = await flexor(...sweep, '--json', '--csv', csv, '--svg', svg);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout) as SweepReport;
  expect(report.rows.map(({ taps, nOut, nIn }) => `${taps} ${nOut} ${nIn}`)).toEqual([
    ...['2 4 3', '2 4 4', '2 6 5', '2 6 6'],
    ...['random 4 3', 'random 4 4', 'random 6 5', 'random 6 6'],
  ]);
  for (const row of report.rows) {
    // PE 4: lcm(4, 4) = 4 and lcm(6, 4) = 12 bits.
    expect([row.slices, row.registerBits]).toEqual(row.nOut === 4 ? [1, 4] : [2, 12]);
    expect(row.gates).toBeLessThanOrEqual(row.naiveGates);
    expect(row.circuit.asic).toBeGreaterThan(0);
    expect(row.decryptor.asic).toBeGreaterThan(row.slices * row.circuit.asic);
    expect(row.perWeightBit.xcup).toBe(row.decryptor.xcup / 4);
    expect(row.share.asic).toBeGreaterThan(0);
    expect(row.share.asic).toBeLessThan(0.1);
    const saving = row.nIn < row.nOut;
    expect(row.savedUm2PerWeight.sram > 0).toBe(saving);
    const { sram, rom } = row.breakEvenWeights;
    if (row.nOut === 6 && saving) {
      const added = row.decryptor.asic - report.plainRegister.asic;
      expect(sram).toBe(Math.ceil(added / row.savedUm2PerWeight.sram));
      expect(rom!).toBeGreaterThan(sram!);
    }
    if (!saving && row.nOut === 6) expect([sram, rom]).toEqual([null, null]);
  }

  const lines = readFileSync(csv, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(report.rows.length + 1);
  const [header, first] = [lines[0]!.split(','), lines[1]!.split(',')];
  expect(first[header.indexOf('xor_gates')]).toBe(String(report.rows[0]!.gates));
  expect(Number(first[header.indexOf('decryptor_um2')])).toBeCloseTo(report.rows[0]!.decryptor.asic, 5);

  const plot = readFileSync(svg, 'utf8');
  for (const text of ['N_out 4', 'N_out 6', 'N_in/N_out', 'random M⊕', '2 taps']) expect(plot).toContain(text);

  const again = await flexor(...sweep, '--svg', join(folder, 'again.svg'));
  expect(readFileSync(join(folder, 'again.svg'), 'utf8')).toBe(plot);
  const { share, breakEvenWeights } = report.rows[2]!;
  const cells = `${(share.asic * 100).toFixed(2)}% .* ${breakEvenWeights.sram} +${breakEvenWeights.rom}`;
  expect(again.stdout).toMatch(new RegExp(`^2 +6 +5 .*${cells}$`, 'm'));
});

test('medians of odd and even numbers', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('says in one line what is wrong', async () => {
  const cases: readonly (readonly [string[], number, RegExp])[] = [
    [
      ['--taps', '4', '--nout', '8', '--ratios', '0.4'],
      2,
      /^flexor: N_out 8 at ratio 0\.4 has N_in 3, fewer than 4 taps.*\n$/,
    ],
    [['--ratios', '1.5'], 2, /^flexor: .*Must be a number from 0\.01 to 1\.\n$/],
    [['--pe', '12'], 2, /^flexor: --pe must divide the 64 channels of the reference layer, got 12\n$/],
    [['--taps', 'three'], 2, /^flexor: .*Must be an integer from 1 to 512, or random\.\n$/],
    [['--liberty', join(folder, 'none.lib')], 1, /^flexor: cannot read .*none\.lib: no such file or directory\n$/],
  ];
  for (const [options, expected, message] of cases) {
    const { code, stdout, stderr } = await flexor('price-sweep', ...options);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(message);
  }
});
