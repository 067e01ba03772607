/**
 * Area reports against Yosys itself: the sum of the layers against a synthesis of the whole design, the decryptor against
 * its known cost, results from the cache, and what happens where a synthesis does not end.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { isWeighted } from '../../src/graph/order.js';
import type { IntNode } from '../../src/fixed/types.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { measureArea } from '../../src/report/area/area.js';
import type { AreaOptions } from '../../src/report/area/area.js';
import { plainNetwork } from '../../src/report/area/plain.js';
import { synthesise } from '../../src/report/area/synthesise.js';
import { unitArea } from '../../src/report/area/measure.js';
import { classify, targetRule } from '../../src/report/area/targets.js';
import { unitsOf } from '../../src/report/area/units.js';
import type { AreaReport } from '../../src/report/area/types.js';
import { goldenNetwork } from '../support/golden.js';
import { PATIENCE_SECONDS } from '../support/options.js';

const cache = mkdtempSync(join(tmpdir(), 'flexor-area-test-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/**
 * conv1 3×3 with two planes 22 > 29, a pool, dense3 with a plane 7 > 9. No two rows of M⊕ that conv1 carries over are equal:
 * synthesis would join their flip-flops.
 */
const hidden = { bits: 5, signed: false };
const input = { shape: { height: 6, width: 4, channels: 1 }, format: { bits: 5, signed: true }, scale: 1 };
const network = goldenNetwork('area', input, [
  {
    ...{ kind: 'conv', kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
    weights: { channels: 7, planes: 2, nIn: 22, nOut: 29, output: hidden },
  },
  { kind: 'maxPool', kernel: [3, 4], stride: [3, 4], padding: [0, 0, 0, 0] },
  { kind: 'dense', weights: { channels: 5, planes: 1, nIn: 7, nOut: 9, output: null } },
]);
const fold = {
  conv1: { pe: 1, simd: 3, decryptor: 'shift' },
  dense3: { pe: 5, simd: 2, decryptor: 'shift' },
} as const;
const design = generateRtl(makeDesign(network, { fold }));
const options: AreaOptions = {
  target: 'gates',
  engine: 'npm',
  cache,
  timeoutSeconds: PATIENCE_SECONDS,
  plain: false,
  jobs: 2,
};

/** Two lanes of lcm(9, 5) = 45 bits; lane 1 starts at bit 35 = 3·9 + 8, so one bit is carried over to the next word. */
const DENSE_FLIP_FLOPS = 2 * 45 + 1;

function layer(report: AreaReport, name: string): AreaReport['layers'][number] {
  return report.layers.find((each) => each.name === name)!;
}

describe('area in gates', () => {
  let report: AreaReport;

  test('the parts add up to the whole', async () => {
    report = await measureArea(design, { ...options, checkFlat: true });
    expect(report.layers.map(({ name }) => name)).toEqual(['conv1', 'maxpool2', 'dense3']);
    const parts = [...report.layers.map(({ area }) => area.resources), report.rest.resources];
    for (const key of ['flipFlops', 'nand2', 'romBits', 'ramBits'] as const) {
      expect(report.total[key]).toBeCloseTo(
        parts.reduce((sum, part) => sum + part[key], 0),
        6,
      );
    }
    // One synthesis of everything: what layers cannot see of each other is a few constants on the streams between them.
    const { area: whole, difference } = report.flat!;
    expect(whole.resources.flipFlops).toBeGreaterThan(100);
    expect(Math.abs(difference.flipFlops / report.total.flipFlops)).toBeLessThan(0.02);
    expect(Math.abs(difference.nand2 / report.total.nand2)).toBeLessThan(0.03);
    expect(difference).toMatchObject({ romBits: 0, ramBits: 0 });
    expect(whole.resources.nand2).toBeCloseTo(report.total.nand2 + difference.nand2, 6);
  });

  test('the parts of a layer and what is merged across them are the layer', () => {
    for (const { area, parts, merged } of report.layers) {
      for (const key of ['flipFlops', 'nand2', 'ramBits'] as const) {
        const sum = parts.reduce((total, part) => total + part.area.resources[key], merged[key]);
        expect(sum).toBeCloseTo(area.resources[key], 6);
      }
    }
    const parts = (name: string): Record<string, number> =>
      Object.fromEntries(layer(report, name).parts.map(({ part, instances }) => [part, instances]));
    // Scales lie in a module beside the requantiser; one shift register serves all lanes and planes, one module aligns
    // those that start inside a slice.
    const engine = { weightMemory: 1, macArray: 1, requantiser: 2, shiftRegister: 2, control: 1 };
    // Two planes of three lanes with a slice each, and a circuit for the slice in which each of them starts.
    expect(parts('conv1')).toEqual({ ...engine, window: 1, xorCircuit: 6 + 6, fifo: 2 });
    // One plane of two lanes, five slices a word.
    expect(parts('dense3')).toEqual({ ...engine, window: 1, xorCircuit: 2 * 5 + 2, fifo: 1 });
    // Its windows lie side by side and come straight from the stream: no window unit.
    expect(parts('maxpool2')).toEqual({ pool: 1, fifo: 1, control: 1 });
    for (const { name, parts: found } of report.layers) {
      const registers = found.find(({ part }) => part === 'shiftRegister');
      expect(registers?.area.resources.flipFlops).toBe(layer(report, name).decryptor?.resources.flipFlops);
    }
  });

  test('decryptors are measured alone', () => {
    expect(layer(report, 'maxpool2').decryptor).toBeNull();
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
    const again = await measureArea(design, { ...options, checkFlat: true, timeoutSeconds: 0.01 });
    expect(again).toEqual(report);
    const unit = unitsOf(design, { plain: null, whole: true, seeds: [] }).find(({ kind }) => kind === 'rest')!;
    const rule = targetRule('gates', null);
    expect((await synthesise(unit, { ...options, rule })).cached).toBe(true);
    const empty = join(cache, 'empty');
    expect((await synthesise(unit, { ...options, rule, cache: empty })).cached).toBe(false);
  });

  test('a synthesis that takes too long is named, with a log that stays', async () => {
    // Other memory contents: nothing in the cache fits.
    const other = generateRtl(makeDesign({ ...network, name: 'other' }, { fold }));
    const run = measureArea(other, { ...options, timeoutSeconds: 0.2 });
    const error: unknown = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FlexorError);
    const match = /^area of (\w+)(?:, \w+)?: yosys took longer than 0.2 s and was ended \(log: (.*)\)$/.exec(
      (error as FlexorError).message,
    );
    expect(['conv1', 'maxpool2', 'dense3', 'ports']).toContain(match?.[1]);
    expect(existsSync(match![2]!)).toBe(true);
  });
});

describe('what goes wrong in one synthesis', () => {
  test('ends the others', async () => {
    const { module } = design.manifest.layers.find(({ name }) => name === 'dense3')!;
    const files = new Map(design.files).set(`rtl/${module}.v`, 'module');
    const folder = join(cache, 'broken');
    const run = measureArea({ ...design, files }, { ...options, cache: folder, jobs: 6 });
    await expect(run).rejects.toThrow(/^area of [^:]+: yosys failed .*: ERROR: syntax error/);
    // The first layer is not broken, but takes longer.
    expect(readdirSync(join(folder, 'area')).filter((name) => !name.endsWith('.log'))).toEqual([]);
  });

  test.each([
    ['FLEXOR_YOSYS', { engine: 'system' }],
    ['FLEXOR_NEXTPNR', { target: 'ice40', seeds: [1] }],
    ['FLEXOR_NEXTPNR_ECP5', { target: 'ecp5', seeds: [1] }],
  ] as const)('is told before any work: no tool in %s', async (variable, changes) => {
    vi.stubEnv(variable, '/nothing/tool');
    const folder = join(cache, variable);
    const run = measureArea(design, { ...options, ...changes, cache: folder });
    await expect(run).rejects.toThrow(`${variable} names /nothing/tool, which is not an executable file`);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the decryptor alone on every FPGA', () => {
  test.each(['xcup', 'xc7', 'ice40', 'ecp5'] as const)('%s', async (target) => {
    const units = unitsOf(design, { plain: null, whole: false, seeds: [] });
    const unit = units.find((each) => each.kind === 'decryptor' && each.layer === 'dense3')!;
    const rule = targetRule(target, null);
    const { resources, depth } = unitArea(await synthesise(unit, { ...options, rule }), [], rule);
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
  if (!isWeighted(node)) return node;
  const planes = node.planes.map((plane) => ({
    ...plane,
    encrypted: plane.encrypted.map((bit, i) => bit ^ +(i === 0)),
  }));
  return { ...node, planes };
}

describe('the plain network', () => {
  test('is the same network without XOR gates', () => {
    // Verification decrypts every plane and compares it with the codes.
    const same = verifyNetwork(plainNetwork(network));
    expect(() => verifyNetwork({ ...same, nodes: same.nodes.map(flipFirstBit) })).toThrow('internal:');
    const plain = generateRtl(makeDesign(same, { fold }));
    for (const { weighted } of plain.manifest.layers) {
      if (weighted !== null) expect(weighted.encryptedBits).toBe(weighted.weightBits);
    }
  });
});

describe('cells of a target', () => {
  test('count as what they are', () => {
    const cells = { LUT1: 1, LUT6: 4, INV: 3, CARRY4: 7, FDRE: 5, FDSE: 2, RAMB18E2: 1, RAMB36E2: 3, $scopeinfo: 9 };
    const xcup = targetRule('xcup', null);
    expect(classify(xcup, cells)).toMatchObject({ luts: 5, inverters: 3, flipFlops: 7, blockRams: 7, lutRams: 0 });
    expect(classify(xcup, { RAM64M8: 2, RAM32X1D: 1, DSP48E2: 1 })).toMatchObject({ lutRams: 18, multipliers: 1 });
    expect(classify(targetRule('xc7', null), { RAMB36E1: 1, RAMB18E1: 1, DSP48E1: 2 })).toMatchObject({
      blockRams: 3,
      multipliers: 2,
    });
    expect(classify(targetRule('ecp5', null), { LUT4: 1, CCU2C: 3, DP16KD: 2 })).toMatchObject({
      luts: 7,
      blockRams: 2,
    });
    expect(classify(targetRule('gates', null), { $_NAND_: 2, $_DFF_P_: 1 })).toMatchObject({
      nand2: 7.67,
      flipFlops: 1,
    });
    expect(classify(targetRule('asic', null), { NAND2: 2, XOR2: 1, DFF: 1 })).toMatchObject({
      logicUm2: 2 * 3.7536 + 8.7584 + 20.0192,
      flipFlops: 1,
    });
  });

  test('are all known', () => {
    expect(() => classify(targetRule('ice40', null), { SB_LUT4: 1, SB_NEW: 1 })).toThrow(
      'internal: cell type SB_NEW of target Lattice iCE40 HX',
    );
    expect(() => classify(targetRule('asic', null), { $_DLATCH_P_: 1 })).toThrow(
      /flexor130\.lib: library flexor130 has no cell for \$_DLATCH_P_, which the design needs; add one$/,
    );
  });
});
