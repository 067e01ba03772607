/**
 * Area reports against Yosys itself: the sum of the layers against a synthesis of the whole design, the decryptor against
 * its known cost, results from the cache, and what happens where a synthesis does not end.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import type { IntNode } from '../../src/fixed/types.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { measureArea, unitsOf } from '../../src/report/area/area.js';
import type { AreaOptions } from '../../src/report/area/area.js';
import { plainTwin } from '../../src/report/area/plain.js';
import { synthesise } from '../../src/report/area/synthesise.js';
import { classify } from '../../src/report/area/targets.js';
import type { AreaReport } from '../../src/report/area/types.js';
import { randomNetwork } from '../support/random-network.js';

const cache = mkdtempSync(join(tmpdir(), 'flexor-area-test-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** conv1 3×3 with two planes 14 > 29, maxPool2, dense3 with a plane 7 > 9. */
const network = randomNetwork(248, { maxLayers: 4, maxSide: 7, maxWork: 4000, maxBits: 5 });
const fold = { conv1: { pe: 1, simd: 3 }, dense3: { pe: 5, simd: 2 } };
const design = generateRtl(network, { fold, activationBits: 8, multiplierBits: 16 });
const options: AreaOptions = { target: 'gates', engine: 'npm', cache, timeoutSeconds: 600, plain: false, jobs: 2 };

/** Two lanes of lcm(9, 5) = 45 bits; lane 1 starts at bit 35 = 3·9 + 8, so one bit is carried over to the next word. */
const DENSE_FLIP_FLOPS = 2 * 45 + 1;

function layer(report: AreaReport, name: string): AreaReport['layers'][number] {
  return report.layers.find((each) => each.name === name)!;
}

describe('area in gates', { timeout: 600_000 }, () => {
  let report: AreaReport;

  test('the parts add up to the whole', async () => {
    report = await measureArea(network, design, options);
    expect(report.layers.map(({ name }) => name)).toEqual(['conv1', 'maxPool2', 'dense3']);
    const parts = [...report.layers.map(({ area }) => area.resources), report.rest.resources];
    for (const key of ['flipFlops', 'nand2', 'romBits', 'ramBits'] as const) {
      expect(report.total[key]).toBeCloseTo(
        parts.reduce((sum, part) => sum + part[key], 0),
        6,
      );
    }
    // One synthesis of everything: what layers cannot see of each other is a few constants on the streams between them.
    const files = new Map([...design.files].filter(([path]) => /^(rtl|mem)\//.test(path)));
    const top = design.manifest.topModule;
    const whole = await synthesise(
      { title: 'whole', top, files, blackBoxes: [], blackBoxModules: [], only: null },
      options,
    );
    expect(whole.resources.flipFlops).toBeGreaterThan(100);
    expect(Math.abs(report.total.flipFlops / whole.resources.flipFlops - 1)).toBeLessThan(0.02);
    expect(Math.abs(report.total.nand2 / whole.resources.nand2 - 1)).toBeLessThan(0.03);
    expect(report.total.romBits).toBe(whole.resources.romBits);
    expect(report.total.ramBits).toBe(whole.resources.ramBits);
  });

  test('decryptors are measured alone', () => {
    expect(layer(report, 'maxPool2').decryptor).toBeNull();
    // Two planes and three lanes of 29 bits; lanes 1 and 2 start 21 and 13 bits inside a slice and carry the rest over.
    expect(layer(report, 'conv1').decryptor!.resources.flipFlops).toBe(2 * (3 * 29 + 8 + 16));
    expect(layer(report, 'dense3').decryptor!.resources.flipFlops).toBe(DENSE_FLIP_FLOPS);
    for (const { area, decryptor } of report.layers) {
      if (decryptor === null) continue;
      expect(decryptor.resources.nand2).toBeGreaterThan(5.67 * decryptor.resources.flipFlops);
      expect(decryptor.resources.flipFlops).toBeLessThan(area.resources.flipFlops);
      expect(decryptor.depth).toBeGreaterThan(0);
      expect(decryptor.depth).toBeLessThan(area.depth);
    }
  });

  test('a second run reads the cache and says the same', async () => {
    expect(report.cached).toBe(false);
    const again = await measureArea(network, design, { ...options, timeoutSeconds: 0.01 });
    expect(again).toEqual({ ...report, cached: true });
  });

  test('a synthesis that takes too long is named, with a log that stays', async () => {
    // Other memory contents: nothing in the cache fits.
    const other = generateRtl({ ...network, name: 'other' }, { fold, activationBits: 8, multiplierBits: 16 });
    const run = measureArea(network, other, { ...options, timeoutSeconds: 0.2 });
    const error: unknown = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FlexorError);
    const match = /^area of (\w+)(?:, decryptor)?: .* took longer than 0.2 s and was ended \(log: (.*)\)$/.exec(
      (error as FlexorError).message,
    );
    expect(['conv1', 'maxPool2', 'dense3', 'ports']).toContain(match?.[1]);
    expect(existsSync(match![2]!)).toBe(true);
  });
});

describe('the decryptor alone on every FPGA', { timeout: 600_000 }, () => {
  test.each(['xcup', 'ice40', 'ecp5'] as const)('%s', async (target) => {
    const unit = unitsOf(design, null).find((each) => each.part === 'decryptor' && each.layer === 'dense3')!;
    const { resources, depth } = await synthesise(unit, { ...options, target });
    expect(resources.flipFlops).toBe(DENSE_FLIP_FLOPS);
    // Each bit of the register is loaded or shifted, behind an XOR of the taps of its row.
    expect(resources.luts).toBeGreaterThan(0.8 * DENSE_FLIP_FLOPS);
    expect(resources.luts).toBeLessThan(4 * DENSE_FLIP_FLOPS);
    expect(resources).toMatchObject({ blockRams: 0, multipliers: 0, lutRams: 0 });
    expect(depth).toBeGreaterThanOrEqual(1);
    expect(depth).toBeLessThan(8);
  });
});

function flipFirstBit(node: IntNode): IntNode {
  if (node.kind === 'maxPool') return node;
  const planes = node.planes.map((plane) => ({
    ...plane,
    encrypted: plane.encrypted.map((bit, i) => bit ^ +(i === 0)),
  }));
  return { ...node, planes };
}

describe('plain twin', () => {
  test('is the same network without XOR gates', () => {
    // Verification decrypts every plane and compares it with the codes.
    const twin = verifyNetwork(plainTwin(network));
    expect(() => verifyNetwork({ ...twin, nodes: twin.nodes.map(flipFirstBit) })).toThrow('internal:');
    const plain = generateRtl(twin, { fold, activationBits: 8, multiplierBits: 16 });
    for (const { weighted } of plain.manifest.layers) {
      if (weighted !== null) expect(weighted.encryptedBits).toBe(weighted.weightBits);
    }
  });
});

describe('cells of a target', () => {
  test('count as what they are', () => {
    const cells = { LUT1: 1, LUT6: 4, INV: 3, CARRY4: 7, FDRE: 5, FDSE: 2, RAMB18E2: 1, RAMB36E2: 3, $scopeinfo: 9 };
    expect(classify('xcup', cells)).toMatchObject({ luts: 5, inverters: 3, flipFlops: 7, blockRams: 7, lutRams: 0 });
    expect(classify('xcup', { RAM64M8: 2, RAM32X1D: 1, DSP48E2: 1 })).toMatchObject({ lutRams: 18, multipliers: 1 });
    expect(classify('ecp5', { LUT4: 1, CCU2C: 3, DP16KD: 2 })).toMatchObject({ luts: 7, blockRams: 2 });
    expect(classify('gates', { $_NAND_: 2, $_DFF_P_: 1 })).toMatchObject({ nand2: 7.67, flipFlops: 1 });
  });

  test('are all known', () => {
    expect(() => classify('ice40', { SB_LUT4: 1, SB_NEW: 1 })).toThrow('internal: cell type SB_NEW of target ice40');
  });
});
