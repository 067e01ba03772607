/** `flexor compact` on the models that ship: every decrypted bit stays, dead bits go, and files are as good as others. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compactFile } from '../../src/app/compact.js';
import { compactModel } from '../../src/model/compact.js';
import { planeCodes } from '../../src/model/evaluate-node.js';
import { inventory, layerInventory, storedRates } from '../../src/model/inventory.js';
import { loadModel } from '../../src/model/read.js';
import { flexor } from '../support/cli.js';

// Wide enough that the warning stays in one line.
process.env['COLUMNS'] = '200';
const folder = mkdtempSync(join(tmpdir(), 'flexor-compact-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODELS = readdirSync('models').filter((name) => name.endsWith('.flexor'));

/** Stored bits of the models whose M⊕ has a rank below N_in. */
const SMALLER: Readonly<Record<string, number>> = {
  'lenet5-digits-0.6.flexor': 831_380,
  'lenet5-mnist-0.4.flexor': 581_966,
  'lenet5-mnist-0.6.flexor': 831_380,
  'lenet5-mnist-0.8.flexor': 1_080_794,
  'resnet20-cifar10-0.8.flexor': 200_610,
};

describe('compaction of models', () => {
  it.each(MODELS)('%s keeps every decrypted bit', (name) => {
    const file = join(folder, name);
    const { model } = loadModel(join('models', name));
    compactFile(join('models', name), file);
    const compacted = loadModel(file).model;
    const weights = layerInventory(model).map(({ weighted }) => weighted?.weights ?? 0);
    model.nodes.forEach((node, i) => {
      const after = compacted.nodes[i]!;
      if (!('weights' in node) || node.weights.encoding !== 'xor') return expect(after).toEqual(node);
      if (!('weights' in after) || after.weights.encoding !== 'xor') throw new Error(`${node.name} lost its codes`);
      for (const [p, plane] of node.weights.planes.entries()) {
        const codes = planeCodes(after.weights.planes[p]!, weights[i]!);
        expect(Buffer.compare(codes, planeCodes(plane, weights[i]!))).toBe(0);
      }
    });
    const { totals, layers } = inventory(compacted, '');
    expect(totals.encryptedBits).toBe(SMALLER[name] ?? inventory(model, '').totals.encryptedBits);
    const rates = storedRates(layers);
    expect(rates?.deadBits ?? 0).toBe(0);
    expect(rates?.nominal).toBe(storedRates(layerInventory(model))?.nominal);
    expect(compactModel(compacted)).toBe(compacted);
  });

  it('is a command that says what it saved, and inspect tells both rates and warns', async () => {
    const file = join(folder, 'small.flexor');
    const { stdout, code } = await flexor('compact', 'models/lenet5-mnist-0.6.flexor', '-o', file);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^total +997,656 → 831,380$/m);
    expect(stdout).toContain('0.600 → 0.500 bits a weight; every decrypted bit as before');
    const before = await flexor('inspect', 'models/lenet5-mnist-0.6.flexor');
    expect(before.stdout).toMatch(/^warning .* 166,276 stored bits cannot matter; flexor compact stores 0.500/m);
    const after = await flexor('inspect', file);
    expect(after.stdout).toMatch(/^stored +0.500 bits a weight, compacted without loss from 0.600 in training$/m);
    expect(after.stdout).not.toMatch(/^warning/m);
  });
});
