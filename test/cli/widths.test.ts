/** Every command's tables fit 80, 100 and 132 columns: of the shipped models, and of figures as large as areas get. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { AREA_TARGETS, DEFAULT_BITS, DEFAULT_CIRCUIT } from '../../src/app/choices.js';
import type { ModelComparison } from '../../src/app/compare.js';
import type { CosimRequest } from '../../src/app/cosim.js';
import { compactFile } from '../../src/app/compact.js';
import { designOf } from '../../src/app/design.js';
import { findFold } from '../../src/app/find-fold.js';
import { loadLowered } from '../../src/app/inputs.js';
import { inspectModel } from '../../src/app/inspect.js';
import { memoriesOfModel } from '../../src/app/memory.js';
import { areaTables } from '../../src/cli/tables/area.js';
import { compactText } from '../../src/cli/tables/compact.js';
import { comparisonText } from '../../src/cli/tables/compare.js';
import { cosimText } from '../../src/cli/tables/cosim.js';
import { designTiming } from '../../src/rtl/timing/timing.js';
import { designText } from '../../src/cli/tables/design.js';
import { foldTables, frontierTable } from '../../src/cli/tables/fold.js';
import { problemTable } from '../../src/cli/tables/import.js';
import { inspectText } from '../../src/cli/tables/inspect.js';
import { memoryTable } from '../../src/cli/tables/memory.js';
import { sweepTable } from '../../src/cli/tables/price-sweep.js';
import { priceTables } from '../../src/cli/tables/price.js';
import { sweepResultsTable } from '../../src/cli/tables/sweep.js';
import { formatTable, formatTurnable, optional } from '../../src/cli/tables/table.js';
import { xorTable } from '../../src/cli/tables/xor.js';
import { commandLine } from '../../src/cli/terminal/text.js';
import type { RunResult } from '../../src/report/training/types.js';
import { generateRtl } from '../../src/rtl/generate.js';
import * as figures from '../support/large-figures.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-widths-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const options = {
  ...DEFAULT_BITS,
  xorDepth: DEFAULT_CIRCUIT.depth,
  xorIterations: 0,
  xorSeed: DEFAULT_CIRCUIT.seed,
};

/** Prints at each width and expects no line beyond it, nor a trace of colour. */
function fits(print: () => string): void {
  for (const width of [80, 100, 132]) {
    vi.stubEnv('COLUMNS', String(width));
    const lines = print().split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(lines.filter((line) => line.includes('\x1b'))).toEqual([]);
  }
}

const SEARCHED = ['lenet5-mnist-0.6.flexor', 'resnet20-cifar10-mixed-systematic.flexor'];
const models = readdirSync('models').filter((name) => name.endsWith('.flexor'));

test.each(models)('%s', async (name) => {
  const path = join('models', name);
  const inspection = inspectModel(path);
  fits(() => inspectText(inspection));
  const memories = memoriesOfModel(path, options);
  fits(() => memoryTable(memories));
  const compacted = compactFile(path, join(folder, name));
  fits(() => compactText({ ...compacted, file: 'compacted.flexor' }));
  // A model of each network has the longest names and numbers of all; the search for folds takes its time.
  if (!SEARCHED.includes(name)) return;
  const { manifest, design } = generateRtl(designOf(loadLowered(path, options).network, options));
  fits(() => designText(manifest, designTiming(design.plan), 'build/design'));
  const found = await findFold(path, { ...options, pareto: true });
  fits(() => `${foldTables(found)}\n${frontierTable(found.pareto!, found.clockMhz)}`);
});

test.each(AREA_TARGETS)('area and price for %s', (target) => {
  const area = figures.area(target);
  fits(() => areaTables(area));
  const price = figures.price(target);
  fits(() => priceTables(price));
});

test('price-sweep, sweep and import', () => {
  fits(() => sweepTable(figures.priceSweep()));
  const run = (testAccuracy: number): RunResult => ({ testAccuracy }) as unknown as RunResult;
  const names = ['a run of a rather long name, as recipes have them', 'short'];
  const configurations = names.map((name) => ({ name, paper: 0.9123, runs: [run(0.9), run(0.91)] }));
  fits(() => sweepResultsTable({ title: '', configurations }));
  const reason = 'an attribute has a value that this reader does not take, and that is said at some length';
  fits(() => problemTable([{ node: 'a/long/name/of/a/node', operator: 'Conv', reason, remedy: reason }]));
});

test('compare, cosim and design-xor', () => {
  const model = { name: 'resnet20_cifar10_19_19_8_20' };
  const images = { dataset: 'CIFAR-10', count: 10_000 };
  const { comparison, calibration } = figures;
  const tensors = { images: 500, tensors: 1000, differing: 500_000, elements: 1e12, differingElements: 1e11 };
  const compared = { lowered: { model }, images, comparison, calibration, tensors } as unknown as ModelComparison;
  fits(() => comparisonText(compared, DEFAULT_BITS));
  const request = { stalls: 30, seed: 4_000_000_000, loadModel: `a/long/folder/${'x'.repeat(40)}.flexor` };
  fits(() => cosimText(figures.cosim, 0.9123, request as unknown as CosimRequest));
  const matrix = { nIn: 512, nOut: 512, bits: new Uint8Array(512 * 512) };
  fits(() => xorTable([{ name: 'seed 4000000000', matrix, properties: figures.xor }]));
});

test('columns go in the stated order, and the line below says which', () => {
  vi.stubEnv('COLUMNS', '80');
  const headings = ['name', optional(2, 'second to go'), optional(1, 'first to go'), optional(3, 'stays')];
  const rows = [['n', 'x'.repeat(40), 'y'.repeat(40), 'z'.repeat(40)]];
  expect(formatTable(headings, rows)).toBe(
    `name  stays\nn     ${'z'.repeat(40)}\n(no room for second to go, first to go; --json has all, COLUMNS=200 shows all)`,
  );
  vi.stubEnv('COLUMNS', '90');
  expect(formatTable(headings, rows)).toMatch(/\n\(no room for first to go; --json has all, COLUMNS=200 shows all\)$/);
  vi.stubEnv('COLUMNS', '200');
  expect(formatTable(headings, rows)).not.toContain('no room');
});

test('headings take several lines before a column goes, and empty columns are left out', () => {
  vi.stubEnv('COLUMNS', '80');
  const headings = ['name', 'many words of a heading', optional(1, 'empty'), 'wide'];
  const table = (wide: number): string[] => formatTable(headings, [['n', '12345', '', 'z'.repeat(wide)]]).split('\n');
  expect(table(50)).toHaveLength(3);
  expect(table(55).slice(0, 2)).toEqual(['        many words', 'name  of a heading  wide']);
  expect(table(62).slice(0, 3)).toEqual(['           many', '       words of', 'name  a heading  wide']);
});

test('what no table can hold is turned, or becomes a block of lines', () => {
  vi.stubEnv('COLUMNS', '80');
  const many = Array.from({ length: 20 }, (_, i) => `figure ${i}`);
  const turned = formatTurnable(
    ['model', ...many],
    [
      ['a', ...many],
      ['b', ...many],
    ],
  ).split('\n');
  expect(turned).toHaveLength(21);
  expect(turned.slice(0, 2)).toEqual(['model      a          b', 'figure 0   figure 0   figure 0']);
  const words = 'word '.repeat(30).trim();
  const block = formatTable(
    ['node', 'reason'],
    [
      ['x'.repeat(30), words],
      ['y', words],
    ],
  );
  expect(block.split('\n')[0]).toBe(`node    ${'x'.repeat(30)}`);
  expect(block).toContain('\n\nnode    y\nreason  word');
});

test('a long command line goes on behind a backslash, so that a shell takes it', () => {
  vi.stubEnv('COLUMNS', '80');
  const command = `flexor train ${Array.from({ length: 12 }, (_, i) => `--option${i} 'a b'`).join(' ')}`;
  const text = commandLine('recipe  ', command);
  expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(text.slice('recipe  '.length).replace(/ \\\n +/g, ' ')).toBe(command);
});

test.each([
  [{}, false],
  [{ FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '0' }, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '' }, true],
])('a pipe with %j has colour: %j', async (variables, expected) => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_COLOR$/.test(name)));
  const run = spawnSync(process.execPath, ['lib/flexor.js', 'inspect', 'models/lenet5-digits-0.6.flexor'], {
    env: { ...env, ...variables },
    encoding: 'utf8',
  });
  expect(run.stdout.includes('\x1b[1mlayer')).toBe(expected);
  const failed = spawnSync(process.execPath, ['lib/flexor.js', 'inspct'], {
    env: { ...env, ...variables },
    encoding: 'utf8',
  });
  expect(failed.stderr.startsWith('\x1b[31mflexor:\x1b[0m unknown command')).toBe(expected);
});

test.each([
  [{ TERM: 'xterm' }, true],
  [{ TERM: 'dumb' }, false],
  [{ TERM: 'xterm', NO_COLOR: '1' }, false],
])('a terminal with %j has colour: %j, and its width counts', (variables, expected) => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_COLOR$|^COLUMNS$/.test(name)));
  const words = `stty cols 100; '${process.execPath}' lib/flexor.js inspect models/resnet20-cifar10-0.8.flexor`;
  const { stdout } = spawnSync('script', ['-qec', words, '/dev/null'], {
    env: { ...env, ...variables },
    encoding: 'utf8',
  });
  expect(stdout.includes('\x1b[1mlayer')).toBe(expected);
  const widths = stdout.split(/\r?\n/).map((line) => stripVTControlCharacters(line).length);
  expect(Math.max(...widths)).toBeLessThanOrEqual(100);
  expect(Math.max(...widths)).toBeGreaterThan(80);
});
