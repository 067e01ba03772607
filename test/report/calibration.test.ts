/** Ranges that lie: what simulate, compare and gen-rtl say of them, on models that are right but for one number. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { silent } from '../../src/app/progress.js';
import { simulateModel, type SimulatedAccuracy } from '../../src/app/simulate.js';
import { loadModel } from '../../src/model/read.js';
import type { FlexorModel } from '../../src/model/types.js';
import { saveModel } from '../../src/model/write.js';
import { flexor } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-calibration-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SHIPPED = 'models/lenet5-digits-0.6.flexor';
const { model } = loadModel(SHIPPED);

/** The shipped model with the ranges of some layers multiplied. */
function scaled(factors: Readonly<Record<string, number>>): string {
  const nodes = model.nodes.map((node) => {
    const factor = factors[node.name];
    if (factor === undefined || !('range' in node)) return node;
    return { ...node, range: { min: factor * node.range.min, max: factor * node.range.max } };
  });
  return written({ ...model, nodes });
}

function written(changed: FlexorModel): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.flexor`);
  saveModel(path, changed);
  return path;
}

const BITS = { activationBits: 8, multiplierBits: 16, inputBits: 8, floatBits: 8 };

function simulated(path: string): Promise<SimulatedAccuracy> {
  const options = { ...BITS, images: 40, workers: 1 };
  return simulateModel(path, options, () => 0, silent);
}

describe('the ranges of a model', () => {
  it('that were measured in training fit', async () => {
    const { warnings, calibration } = await simulated(SHIPPED);
    expect({ warnings, images: calibration.images }).toEqual({ warnings: [], images: 40 });
    expect(calibration.layers.map(({ layer }) => layer)).toEqual(['input', 'conv1', 'conv2', 'fc1']);
    for (const { headroomBits, saturated, unusedCodes, codes } of calibration.layers) {
      expect(saturated).toBeLessThan(1e-3);
      expect(Math.abs(headroomBits!)).toBeLessThan(1);
      expect(unusedCodes).toBeLessThan(codes / 2);
    }
  });

  it('that are far too small are told by what they cut off', async () => {
    const path = scaled({ conv2: 1 / 16 });
    const { warnings, calibration } = await simulated(path);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^layer conv2: the stated range is 0 to 1\.31, but [\d.]+% of its values lie outside \(0 to [\d.]+\); calibrate the model on such data$/,
    );
    const [, , conv2] = calibration.layers;
    expect(conv2!.saturated).toBeGreaterThan(0.01);
    // Values reach about as far as in training: four bits too few.
    expect(conv2!.headroomBits).toBeGreaterThan(-4.5);
    expect(conv2!.headroomBits).toBeLessThan(-3.5);
  });

  it('that are larger than the weights can give are told without an image', async () => {
    const path = scaled({ conv1: 1.5 });
    const { code, stdout, stderr } = await flexor(
      'gen-rtl',
      path,
      '--vectors',
      '0',
      '-o',
      join(folder, 'rtl'),
      '--json',
    );
    const line =
      'layer conv1 states the range 0 to 4.89, but its weights give at most 0 to 4.4 from the ranges before it; ' +
      'calibrate the model again';
    const { warnings } = JSON.parse(stdout) as { readonly warnings: readonly string[] };
    expect({ code, stderr, warnings }).toEqual({ code: 0, stderr: `flexor: warning: ${line}\n`, warnings: [line] });
  });

  it('that are larger than what occurs are told by bits that are never used', async () => {
    const { warnings, calibration } = await simulated(scaled({ fc1: 16 }));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^layer fc1: the stated range is 0 to 787, but its values reach only 0 to [\d.]+; /);
    const fc1 = calibration.layers.at(-1)!;
    expect(fc1.headroomBits).toBeGreaterThan(3.5);
    expect(fc1.unusedCodes).toBeGreaterThan(0.9 * fc1.codes);
  });

  it('of an input that is not what the data are, are told', async () => {
    const { warnings } = await simulated(
      written({ ...model, input: { ...model.input, range: { min: 0, max: 0.125 } } }),
    );
    expect(warnings.filter((line) => line.startsWith('the input: '))).toHaveLength(1);
  });
});
