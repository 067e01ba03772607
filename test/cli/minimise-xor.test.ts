/** `flexor minimise-xor`: from rows of 0 and 1 to a circuit in Verilog, JSON and a drawing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { computesMatrix, type XorGate } from '../../src/xor/circuit.js';
import { aesMixColumns } from '../../src/xor/known-matrices.js';
import { matrixRows } from '../../src/xor/matrix-file.js';
import { flexor } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-minimise-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

/** Gates and outputs of the module, as its text says them. */
function parseVerilog(text: string, nIn: number): { gates: XorGate[]; outputs: number[] } {
  const signal = (name: string): number => Number(/\d+/.exec(name)![0]) + (name.startsWith('g') ? nIn : 0);
  const gates = [...text.matchAll(/wire g(\d+) = (\S+) \^ (\S+);/g)];
  const outputs = [...text.matchAll(/assign y\[(\d+)\] = (\S+);/g)];
  expect(gates.map(([, k]) => Number(k))).toEqual(gates.map((_, k) => k));
  expect(outputs.map(([, j]) => Number(j))).toEqual(outputs.map((_, j) => j));
  return {
    gates: gates.map(([, , a, b]) => [signal(a!), signal(b!)] as const),
    outputs: outputs.map(([, , name]) => signal(name!)),
  };
}

describe('flexor minimise-xor', () => {
  it('writes a circuit that computes the matrix, in fewer gates than a chain a row, the same on every run', async () => {
    const matrix = aesMixColumns();
    writeFileSync(file('aes.txt'), `# MixColumns\n${matrixRows(matrix).join('\n')}\n`);
    const outputs = ['aes.v', 'aes.json', 'aes.svg'].map(file);
    const args = ['minimise-xor', file('aes.txt'), '--restarts', '2', '--iterations', '2000', '-o', ...outputs];
    const { code, stdout, stderr } = await flexor(...args);
    expect([code, stderr]).toEqual([0, '']);
    const [, count] = /^32×32: (\d+) XOR gates, depth \d+ \(a chain for every row: 152\)$/m.exec(stdout)!;
    const verilog = readFileSync(file('aes.v'), 'utf8');
    const { gates, outputs: signals } = parseVerilog(verilog, 32);
    expect(gates.length).toBe(Number(count));
    expect(gates.length).toBeLessThan(100);
    expect(computesMatrix({ nIn: 32, gates, outputs: signals }, matrix)).toBe(true);
    const json = JSON.parse(readFileSync(file('aes.json'), 'utf8')) as Record<string, unknown>;
    expect(json).toMatchObject({ nIn: 32, nOut: 32, gateCount: gates.length, gates, outputs: signals });
    expect(readFileSync(file('aes.svg'), 'utf8').match(/<circle /g)).toHaveLength(gates.length);
    await flexor(...args);
    expect(readFileSync(file('aes.v'), 'utf8')).toBe(verilog);
  });

  it('keeps a depth cap and reads spaces between entries', async () => {
    writeFileSync(file('wide.txt'), '1 1 1 1 1 1 1 1\n0 1 1 1 1 1 1 1\n');
    const { code, stdout } = await flexor('minimise-xor', file('wide.txt'), '--depth', '3', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { depth: number }).depth).toBe(3);
  });

  it.each([
    ['1 2\n', [], /row 0 must be made of 0 and 1, got '12'/],
    ['11\n1\n', [], /row 1 must have 2 characters like row 0, got 1/],
    ['00\n', [], /row 0 has no 1/],
    ['\n', [], /has no rows of 0 and 1/],
    ['11\n', ['-o', 'circuit.txt'], /an output must end in .v, .json or .svg, got circuit.txt/],
    ['11\n', ['--module', '1x'], /--module must be a Verilog identifier, got '1x'/],
  ])('refuses %j with %j in one line', async (text, options, message) => {
    writeFileSync(file('bad.txt'), text);
    const { code, stderr } = await flexor('minimise-xor', file('bad.txt'), ...options);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync('circuit.txt')).toBe(false);
  });
});
