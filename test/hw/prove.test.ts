/** Proofs of modules: a few of them here, all in test/long; planted faults must not be proven. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { provableModules, propertiesOf, proveModule, proveXor } from '../../src/report/prove/prove.js';
import { hardwareCircuit } from '../../src/xor/hardware-circuit.js';
import { tapMatrix } from '../../src/xor/matrix.js';
import { PLANTED_FAULTS } from './support/planted-faults.js';

const modulesIn = (folder: string): string[] =>
  readdirSync(new URL(`../../${folder}`, import.meta.url))
    .filter((name) => name.endsWith('.v'))
    .map((name) => name.replace(/\.v$/, ''))
    .sort();

test('every module of hw/ has properties and a planted fault', () => {
  expect(modulesIn('hw/formal/')).toEqual(provableModules());
  expect(modulesIn('hw/formal/')).toEqual(modulesIn('hw/'));
  expect(Object.keys(PLANTED_FAULTS).sort()).toEqual(provableModules());
  const readme = readFileSync(new URL('../../hw/README.md', import.meta.url), 'utf8');
  const proven = readme.slice(readme.indexOf('## What is proven'));
  for (const module of modulesIn('hw/')) expect(proven).toContain(`\`${module}\``);
});

test('a FIFO and a memory keep order and values, and planted faults are not proven', async () => {
  for (const module of ['flexor_fifo', 'flexor_ram']) {
    const sets = propertiesOf(module).sets.slice(1, 3);
    for (const { verdict } of await proveModule(module, sets)) expect(verdict).toBe('proven');
    const [from, to] = PLANTED_FAULTS[module]!;
    const change = (source: string): string => source.replace(from, to);
    for (const { verdict } of await proveModule(module, sets, { change })) expect(verdict).toBe('failed');
  }
});

test('the Verilog of an XOR circuit computes its M⊕, one with another tap does not', async () => {
  const matrix = tapMatrix(12, 20, 2, new Random(1));
  const circuit = hardwareCircuit(matrix);
  expect((await proveXor(circuit, matrix)).verdict).toBe('proven');
  const change = (text: string) => text.replace(/assign y_o\[3\] = /, 'assign y_o[3] = x_i[0] ^ ');
  expect((await proveXor(circuit, matrix, { change })).verdict).toBe('failed');
});
