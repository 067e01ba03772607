/** `flexor verify`: of a design that it generates, and of one in a folder in which something was changed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../src/model/write.js';
import { flexor } from '../support/cli.js';
import { digitModel } from '../support/digit-model.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-verify-cli-'));
const path = join(folder, 'digits.flexor');
const design = join(folder, 'design');

beforeAll(async () => {
  saveModel(path, digitModel(4));
  expect((await flexor('gen-rtl', path, '-o', design, '--activation-bits', '6')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Verifies the design with one of its files changed, and puts the file back. */
async function verifyWith(file: RegExp, change: (text: string) => string): Promise<string> {
  const name = readdirSync(design, { recursive: true, encoding: 'utf8' }).find((each) => file.test(each))!;
  const before = readFileSync(join(design, name), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(design, name), after);
  try {
    const { code, stdout, stderr } = await flexor('verify', path, '--design', design);
    expect(code).toBe(1);
    expect(stdout).toContain('sampled  nothing: a check before the runs failed');
    return stderr;
  } finally {
    writeFileSync(join(design, name), before);
  }
}

describe('flexor verify', () => {
  it('proves a generated design and runs images through it', async () => {
    const { code, stdout, stderr } = await flexor('verify', path, '--images', '2', '--candidates', '6', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { passed, proven, sampled } = JSON.parse(stdout) as {
      passed: boolean;
      proven: { encryptedBits: number; encryptedChecked: number; wrongBits: number; modules: { claim: string }[] };
      sampled: {
        vectors: { images: number[]; observedByFirst: number; coverage: { encryptedObserved: number }[] };
        mutation: { mutants: number; inStreams: number; inLogits: number };
        runs: { stalls: number; passed: boolean; images: number }[];
      };
    };
    expect(passed).toBe(true);
    expect(proven.encryptedChecked).toBe(proven.encryptedBits);
    expect(proven).toMatchObject({ wrongBits: 0 });
    expect(proven.modules.length).toBeGreaterThan(10);
    const { vectors, mutation } = sampled;
    expect(new Set(vectors.images).size).toBe(2);
    const observed = vectors.coverage.reduce((sum, layer) => sum + layer.encryptedObserved, 0);
    expect(observed).toBeGreaterThanOrEqual(vectors.observedByFirst);
    expect(mutation.mutants).toBe(30);
    expect(mutation.inStreams).toBeGreaterThan(0);
    expect(mutation.inLogits).toBeLessThanOrEqual(mutation.inStreams);
    expect(sampled.runs).toMatchObject([
      { stalls: 0, passed: true, images: 2 },
      { stalls: 30, passed: true, images: 2 },
    ]);
  });

  it('takes the options of a design from its folder, and says what is proven and what is sampled', async () => {
    const { code, stdout } = await flexor('verify', path, '--design', design, '--images', '0');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^every weight bit checked: ([\d,]+) of \1 encrypted bits equal the model's$/m);
    expect(stdout).toMatch(/^proven {3}0 of [\d,]+ stored bits differ/m);
    expect(stdout).toMatch(/^sampled {2}nothing$/m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('leaves out the list of proofs where asked', async () => {
    const { stdout } = await flexor('verify', path, '--images', '0', '--proofs', 'none', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ proven: { modules: null }, sampled: { runs: [] } });
  });

  it('names the layer or module of what was changed in a folder', async () => {
    const flip = (text: string): string =>
      text.replace(/[0-9a-f]$/m, (digit) => (parseInt(digit, 16) ^ 1).toString(16));
    expect(await verifyWith(/conv1_weights\.mem$/, flip)).toMatch(
      /^flexor: layer conv1: mem\/conv1_weights\.mem line 1, bit \d+: plane 0, slice 0, encrypted bit \d+ must be [01]\n$/,
    );
    expect(await verifyWith(/dense4_scales\.mem$/, flip)).toMatch(
      /^flexor: layer dense4: mem\/dense4_scales\.mem line 1: /,
    );
    const tap = (text: string): string => text.replace(/assign y_o\[3\] = /, 'assign y_o[3] = x_i[0] ^ ');
    expect(await verifyWith(/_xor_12_20\.v$/, tap)).toMatch(
      /^flexor: module \w+_xor_12_20 \(layer conv1.*\): y_o\[3\] must/,
    );
    const depth = (text: string): string => text.replace('assign in_ready_o = ready_q', "assign in_ready_o = 1'b1");
    expect(await verifyWith(/flexor_fifo\.v$/, depth)).toMatch(/^flexor: rtl\/flexor_fifo\.v line \d+: differs from /);
    const fold = (text: string): string => text.replace(/\.Depth\(2\)/, '.Depth(3)');
    expect(await verifyWith(/_conv1\.v$/, fold)).toMatch(
      /^flexor: layer conv1: rtl\/\w+_conv1\.v line \d+: differs from /,
    );
  });

  it('is told what is wrong with its arguments', async () => {
    const other = join(folder, 'other.flexor');
    saveModel(other, digitModel(5));
    const wrong = await flexor('verify', other, '--design', design);
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^flexor: the design in .* is of another model: SHA-256 /);
    const usage = await flexor('verify', path, '--design', design, '--activation-bits', '4');
    expect(usage).toMatchObject({ code: 2, stdout: '' });
    expect(usage.stderr).toMatch(/^flexor: --activation-bits says how a design is generated/);
    const none = await flexor('verify', path, '--design', folder);
    expect(none).toMatchObject({ code: 1, stdout: '' });
  });
});
