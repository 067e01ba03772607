/** `flexor fold`: table, JSON, the fold file that other commands take, the frontier and its plot, errors. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { FoundFold } from '../../src/app/find-fold.js';
import type { FoldReport, Point } from '../../src/rtl/solve/report.js';
import type { Fold, Manifest } from '../../src/rtl/types.js';
import { expectRefused, flexor } from '../support/cli.js';

// Wide enough for every column.
process.env['COLUMNS'] = '200';

const folder = mkdtempSync(join(tmpdir(), 'flexor-fold-'));
afterAll(() => rmSync(folder, { recursive: true }));
const MODEL = 'models/lenet5-digits-0.6.flexor';

test('gives a fold that gen-rtl takes, the same from a file and from the target', async () => {
  const file = join(folder, 'fold.json');
  const target = ['--target-fps', '1500', '--clock-mhz', '150'];
  const { code, stdout, stderr } = await flexor('fold', MODEL, ...target, '-o', file, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout) as FoldReport;
  expect(report.cyclesPerFrame).toBeLessThanOrEqual(100_000);
  expect(report.nextFaster!.cycles).toBeLessThan(report.cyclesPerFrame);
  const fold = JSON.parse(readFileSync(file, 'utf8')) as Fold;
  expect(fold).toEqual(
    Object.fromEntries(
      report.layers.map(({ name, fold: { pe, simd, rowsPerWord, width } }) => [name, { pe, simd, rowsPerWord, width }]),
    ),
  );
  for (const [i, options] of [['--fold', file], target].entries()) {
    const design = await flexor('gen-rtl', MODEL, '-o', join(folder, `design${i}`), '--json', ...options);
    const { options: used, prediction } = JSON.parse(design.stdout) as Manifest;
    expect(used.fold).toEqual(fold);
    expect(prediction.cyclesPerFrame).toBe(report.cyclesPerFrame);
  }
});

test('says what plain weights would take, and on which device the design fits', async () => {
  const { stdout } = await flexor('fold', MODEL, '--json');
  const { total, plain, device } = JSON.parse(stdout) as FoldReport & Pick<FoundFold, 'plain' | 'device'>;
  expect(total.bram18).toBeLessThan(plain.bram18);
  expect(total.memoryBits).toBeLessThan(plain.memoryBits);
  expect(total.luts).toBeGreaterThan(plain.luts);
  const artix = { luts: 20_800, flipFlops: 41_600, blockRams: 100, multipliers: 90 };
  expect(device).toEqual({
    ...{ device: 'Artix-7 35T', fits: true },
    ...{ luts: (total.luts + total.lutRams) / artix.luts, flipFlops: total.flipFlops / artix.flipFlops },
    ...{ blockRams: total.bram18 / artix.blockRams, multipliers: total.multipliers / artix.multipliers },
  });
  expect((await flexor('fold', MODEL)).stdout).toMatch(/^device +Artix-7 35T is the smallest AMD device/m);
});

test('gen-rtl takes the clock with a fold, too: it is the period that it asks of synthesis', async () => {
  const design = join(folder, 'clock');
  const fold = join(folder, 'some.json');
  writeFileSync(fold, '{"conv1": {"pe": 4, "simd": 1}}');
  const { code } = await flexor('gen-rtl', MODEL, '-o', design, '--fold', fold, '--clock-mhz', '50', '--vectors', '0');
  expect(code).toBe(0);
  expect(readFileSync(join(design, 'syn', 'clock.sdc'), 'utf8')).toContain('-period 20 ');
});

test('prints layers, limits and the frontier, and plots it', async () => {
  const plot = join(folder, 'frontier.svg');
  const budgets = ['--max-luts', '4000', '--max-bram18', '100'];
  const { stdout } = await flexor('fold', MODEL, ...budgets, '--pareto', plot);
  expect(stdout).toMatch(/^\w+ +\d+ +\d+ +\d+ +\d+ +[\d,]+ +100\.00%/m);
  expect(stdout).toMatch(/^limited by +--max-luts 4000 \(the next faster design takes \d+ LUTs\): \w+/m);
  expect(stdout).toMatch(/^ *cycles +frames\/s +area +LUT/m);
  const { pareto } = JSON.parse((await flexor('fold', MODEL, ...budgets, '--pareto', '--json')).stdout) as {
    pareto: Point[];
  };
  expect(pareto.length).toBeGreaterThan(5);
  for (const { cost } of pareto) expect(cost.luts + cost.lutRams).toBeLessThanOrEqual(4000);
  expect(readFileSync(plot, 'utf8')).toContain('cycles a frame');
});

test('what cannot be kept fails with one clear line', () =>
  expectRefused([
    [
      ['fold', MODEL, '--target-fps', '200000'],
      1,
      /^flexor: target of 500 cycles a frame cannot be reached: layer conv1 /,
    ],
    [['fold', MODEL, '--max-luts', '500'], 1, /^flexor: --max-luts 500 cannot be kept: at \d+ cycles a frame every /],
    [['fold', MODEL, '--max-luts', '0'], 2, /--max-luts <n>/],
    [['gen-rtl', MODEL, '-o', 'x', '--fold', 'f', '--max-luts', '9'], 2, /--fold and a target or budgets/],
    [
      ['fold', MODEL, '--clock-mhz', '900'],
      1,
      /^flexor: --clock-mhz 900 cannot be met: in layer \w+ [^\n]+ takes \d\.\d\d ns of the 1\.11 that there are, [^\n]+ at most \d+ MHz/,
    ],
  ]));
