/** `flexor encode` from the outside: figures beside the original's, checkpoints, and what wrong input says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/model/read.js';
import { flexor } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-encode-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const model = join(folder, 'model.flexor');
const few = ['--limit', '100', '--batch', '50', '--engine', 'wasm'];

beforeAll(async () => {
  const network = join(folder, 'mlp.json');
  writeFileSync(
    network,
    JSON.stringify({
      ...{ networkVersion: 1, name: 'mlp', recipe: 'lenet5' },
      layers: [
        {
          ...{ kind: 'dense', outChannels: 12, group: 0, batchNorm: true, relu: false },
          quantiser: { bipolar: true, scale: 1 },
        },
        { kind: 'dense', outChannels: 'classes', group: 0, relu: false },
      ],
    }),
  );
  const run = await flexor(
    'train',
    network,
    '--dataset',
    'digits',
    '--weights',
    'bwn',
    ...few,
    '--epochs',
    '2',
    '-o',
    model,
  );
  expect(run).toMatchObject({ code: 0, stderr: '' });
});

describe('flexor encode', () => {
  it('says what the model and the encoded one store and are worth, and repeats itself', async () => {
    const out = join(folder, 'encoded.flexor');
    const { code, stdout, stderr } = await flexor(
      'encode',
      model,
      '--nin',
      '6',
      '--nout',
      '10',
      ...few,
      '-o',
      out,
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const encoded = loadModel(out).model;
    const result = JSON.parse(stdout) as { recipe: string };
    expect(result).toMatchObject({
      schema: 'flexor.encode/1',
      before: { bitsPerWeight: 1, weightBits: 784 * 12 + 120 },
      after: { bitsPerWeight: expect.closeTo(0.6, 2), testAccuracy: encoded.provenance.testAccuracy },
      layers: [{ name: 'dense1', weights: 784 * 12, bitsBefore: 784 * 12 }, { name: 'dense2' }],
      testImages: 100,
    });
    expect(encoded.nodes[0]).toMatchObject({ quantiser: { kind: 'bipolar', scale: 1 } });
    // The recipe names the model without its folder.
    const words = result.recipe
      .split(' ')
      .slice(1)
      .map((word) => (word === 'model.flexor' ? model : word));
    const again = join(folder, 'again.flexor');
    expect(await flexor(...words, '--engine', 'wasm', '-o', again)).toMatchObject({ code: 0 });
    expect(readFileSync(again).equals(readFileSync(out))).toBe(true);
  });

  it('takes its checkpoint up again', async () => {
    const [out, checkpoint] = [join(folder, 'kept.flexor'), join(folder, 'state')];
    const words = ['encode', model, ...few, '--epochs', '1', '--checkpoint', checkpoint, '-o', out];
    expect(await flexor(...words)).toMatchObject({ code: 0 });
    const first = readFileSync(out);
    const resumed = await flexor(...words, '--resume');
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining('bits of weights') });
    expect(readFileSync(out).equals(first)).toBe(true);
  });

  it('says in a line what is wrong', async () => {
    const out = ['-o', join(folder, 'none.flexor')];
    const wrong = await flexor('encode', model, '--keep', 'conv1', ...out);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^flexor: --keep names layers .*dense1, dense2, got conv1\n$/),
    });
    const table = join(folder, 'table.csv');
    writeFileSync(table, `a,b,label\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 3},${i % 2}\n`).join('')}`);
    const data = await flexor('encode', model, '--data', table, '--batch', '4', ...out);
    expect(data).toMatchObject({ code: 2, stderr: expect.stringMatching(/^flexor: .*\n$/) });
  });
});
