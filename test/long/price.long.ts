/** `flexor price` as users run it: JSON and tables of one report, sums that add up, one line for what goes wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeModel } from '../../src/model/write.js';
import type { FlexorAndPlain, PriceReport } from '../../src/report/price/types.js';
import { flexor } from '../support/cli.js';
import { digitModel } from '../support/digit-model.js';
import { tinyModel } from '../support/tiny-model.js';
import type { TinyNode } from '../support/tiny-model.js';

// Wide enough for every column.
process.env['COLUMNS'] = '200';

const folder = mkdtempSync(join(tmpdir(), 'flexor-price-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A dense layer alone: 32 inputs, 4 outputs, slices of 5 bits for 8 weights. */
const nodes: readonly TinyNode[] = [
  { kind: 'flatten' },
  { kind: 'dense', channels: 4, weights: { nIn: 5, nOut: 8, taps: null, relu: false } },
];
const path = join(folder, 'tiny.flexor');
writeFileSync(path, writeModel(tinyModel(1, nodes, { height: 4, width: 8, channels: 1 })));
const fold = join(folder, 'fold.json');
writeFileSync(fold, JSON.stringify({ dense2: { pe: 4, simd: 1 } }));
const price = ['price', path, '--fold', fold, '--images', '0', '--cache', join(folder, 'cache')];

describe('a layer whose figures follow from its shape', () => {
  let report: PriceReport;

  test('counts bits, reads, gates and registers', async () => {
    const { code, stdout, stderr } = await flexor(...price, '--target', 'asic,ice40', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    report = JSON.parse(stdout) as PriceReport;
    const [layer] = report.layers;
    // 128 weights in 16 slices; PE 4: a slice is a word of 5 bits and lasts two cycles; plain: a word of 4 bits a cycle.
    expect(layer!.weights).toEqual({ weightBits: 128, encryptedBits: 80, storedBits: 80, plainStoredBits: 128 });
    expect(layer!.savedBits).toBe(48);
    expect(layer!.traffic).toEqual({
      reads: { flexor: 16, plain: 32 },
      bitsRead: { flexor: 80, plain: 128 },
    });
    expect(layer!.decryptor).toMatchObject({ copies: 1, registerBits: { flexor: 8, plain: 4 } });
    expect(layer!.decryptor.xorGates).toBeGreaterThan(0);
    expect(layer!.decryptor.xorGates).toBeLessThanOrEqual(layer!.decryptor.naiveXorGates);
    // Every one of 32 cycles clocks the whole register.
    expect(layer!.activity.flexor.registerClocks).toBe(8 * 32);
    expect(layer!.activity.plain.registerClocks).toBe(4 * 32);
    expect(layer!.activity.plain).toMatchObject({ xorToggles: 0, xorInputToggles: 0 });
    expect(layer!.energy.macArray).toBeNull();
    expect(layer!.energy.weights.flexor).toBeCloseTo(layer!.energy.memory.flexor + layer!.energy.decryptor.flexor, 9);
  });

  test('measures both designs on every target', () => {
    expect(report.measurements.map(({ target }) => target)).toEqual(['asic', 'ice40']);
    const [asic, ice40] = report.layers[0]!.targets;
    expect(asic).toMatchObject({ unit: 'µm²', blockRams: null });
    expect(ice40).toMatchObject({ unit: 'LUT', memoryUm2: null, breakEvenWeights: null });
    expect(ice40!.blockRams).not.toBeNull();
    for (const each of [asic!, ice40!]) {
      expect(each.decryptor).toBeGreaterThan(0);
      expect(each.share).toBeCloseTo(each.decryptor / each.logic.flexor, 12);
    }
    // The plain weights are a memory of 32 words; the encrypted ones have 16 words and are logic.
    const added = asic!.logic.flexor - asic!.logic.plain;
    const saved = asic!.memoryUm2!.rom.plain - asic!.memoryUm2!.rom.flexor;
    expect(saved).toBeGreaterThan(0);
    expect(asic!.breakEvenWeights!.rom).toBe(added <= 0 ? 0 : Math.ceil((128 * added) / saved));
    expect(asic!.breakEvenWeights!.sram!).toBeLessThan(asic!.breakEvenWeights!.rom!);
  });

  test('the total is the sum of the layers, the tables show the same, a second run gives the same', async () => {
    const { total, layers } = report;
    const pair = (of: (each: typeof total) => FlexorAndPlain): FlexorAndPlain[] => [
      of(total),
      of({ ...total, ...layers[0]! }),
    ];
    for (const [whole, part] of [pair(({ traffic }) => traffic.bitsRead), pair(({ energy }) => energy.weights)]) {
      expect(whole).toEqual(part);
    }
    const again = await flexor(...price, '--target', 'asic,ice40', '--json');
    expect(JSON.parse(again.stdout)).toEqual(report);
    const { stdout } = await flexor(...price, '--target', 'asic,ice40');
    expect(stdout).toMatch(/^total +128 +80 +80 +128 +48 +37\.50% +16 +32 +80 +128$/m);
    const [asic] = total.targets;
    const cells = [asic!.logic.flexor, asic!.logic.plain, asic!.decryptor].map((n) =>
      Math.round(n).toLocaleString('en-US'),
    );
    expect(stdout).toMatch(new RegExp(`^total +${cells.join(' +')} +${(asic!.share * 100).toFixed(2)}% `, 'm'));
  });
});

test('counts the switching of the MAC arrays from test images', async () => {
  const digits = join(folder, 'digits.flexor');
  const { input, provenance } = digitModel(1);
  const weights = { nIn: 12, nOut: 20, relu: false };
  const layers: readonly TinyNode[] = [
    { kind: 'pool', kernel: [7, 7], stride: [7, 7] },
    { kind: 'flatten' },
    { kind: 'dense', channels: 10, weights },
  ];
  writeFileSync(digits, writeModel({ ...tinyModel(1, layers, input.shape), input, provenance }));
  const options = ['--images', '2', '--target', 'gates', '--cache', join(folder, 'cache'), '--json'];
  const { code, stdout, stderr } = await flexor('price', digits, ...options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout) as PriceReport;
  for (const { activity, energy } of report.layers) {
    expect(activity.mac!.images).toBe(2);
    expect(activity.mac!.adderToggles).toBeGreaterThan(0);
    expect(energy.macArray).toBeGreaterThan(0);
  }
  expect(report.total.energy.macArray).toBeCloseTo(
    report.layers.reduce((sum, { energy }) => sum + energy.macArray!, 0),
    6,
  );
});

test('says in one line what is wrong', async () => {
  const cases: readonly (readonly [string[], number, RegExp])[] = [
    [['--target', 'asic,xilinx'], 2, /^flexor: .*Must be one of xcup, xc7, ecp5, ice40, asic, gates\.\n$/],
    [['--target', 'ice40', '--liberty', 'cells.lib'], 2, /^flexor: --liberty is for --target asic.*\n$/],
    [['--images', '-1'], 2, /^flexor: .*Must be an integer of at least 0\.\n$/],
  ];
  for (const [options, expected, message] of cases) {
    const { code, stdout, stderr } = await flexor('price', path, ...options);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(message);
  }
});
