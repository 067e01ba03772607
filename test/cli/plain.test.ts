/** The baseline: plain 1-bit weights (N_in = N_out = N_tap = 1, M⊕ = identity) from training to the RTL. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CosimResult } from '../../src/cosim/types.js';
import { histogramBits } from '../../src/model/histogram.js';
import type { Inventory } from '../../src/model/inventory.js';
import { flexor } from '../support/cli.js';
import { writeSmallLenet } from '../support/small-lenet.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-plain-'));
const path = join(folder, 'plain.flexor');

/** Output of a command that must succeed. */
async function output(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await flexor(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

beforeAll(async () => {
  const data = ['--dataset', 'digits', '--limit', '100', '--epochs', '2', '--warmup', '2'];
  await output('train', writeSmallLenet(folder), '--nin', '1', '--nout', '1', '--taps', '1', ...data, '--output', path);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** 25·4, 4·25·8, 7·7·8·40 and 40·10. */
const WEIGHTS = 16_980;

describe('a plain 1-bit network', () => {
  it('stores a bit a weight and is called plain', async () => {
    expect(await output('inspect', path)).toMatch(/^weights +plain 1-bit: M⊕ is the identity/m);
    const { layers, totals } = JSON.parse(await output('inspect', path, '--json')) as Inventory;
    expect(totals).toMatchObject({ weights: WEIGHTS, encryptedBits: WEIGHTS, bitsPerWeight: 1, matrixBits: 1 });
    const weighted = layers.flatMap((layer) => layer.weighted ?? []);
    expect(weighted).toHaveLength(4);
    for (const { codes, weights } of weighted) {
      expect(codes!.plain).toBe(true);
      const [zeros, ones] = histogramBits(codes!.encryptedHistograms[0]!);
      expect(zeros + ones).toBe(weights);
      expect(Math.min(zeros, ones)).toBeGreaterThan(0);
    }
  });

  it('repeats from the command that the file states, on M⊕ given as the identity too', async () => {
    const same = join(folder, 'same.flexor');
    const { provenance, digest } = JSON.parse(await output('inspect', path, '--json')) as Inventory;
    const recipe = provenance.recipe
      .split(' ')
      .slice(1)
      .join(' ')
      .replace('--taps 1', '--taps identity')
      .replace('small.json', join(folder, 'small.json'));
    await output(...recipe.split(' '), '--output', same);
    const { digest: again } = JSON.parse(await output('inspect', same, '--json')) as Inventory;
    expect(again).toBe(digest);
  });

  it('runs in the simulator, generates Verilog and agrees with it, to the predicted cycle', async () => {
    expect(await output('simulate', path, '--images', '20')).toMatch(/^data set +digits, 20 test images$/m);
    await output('gen-rtl', path, '-o', join(folder, 'rtl'));
    expect(existsSync(join(folder, 'rtl', 'manifest.json'))).toBe(true);
    const args = ['--images', '2', '--layers', '--cache', join(folder, 'cache'), '--json'];
    const result = JSON.parse(await output('cosim', path, ...args)) as CosimResult;
    expect(result).toMatchObject({ passed: true, mismatches: 0, images: 2 });
    expect(result.cyclesPerFrame).toBe(result.predictedCyclesPerFrame);
    expect(result.latencyCycles).toBe(result.predictedLatencyCycles);
  });
});
