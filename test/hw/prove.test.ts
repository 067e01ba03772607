/** Proofs of modules: a few of them here, all in test/long; planted faults must not be proven. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { propertiesOf, provableModules, proveModule, proveXor } from '../../src/report/prove/prove.js';
import { hardwareCircuit } from '../../src/xor/hardware-circuit.js';
import { tapMatrix } from '../../src/xor/matrix.js';
import { LIBRARY } from './support/header.js';

const LIMIT = { timeout: 400_000 };

test('every property file is of a module of hw/ and says at which parameters', () => {
  const modules = provableModules();
  expect(modules.length).toBeGreaterThan(20);
  expect(modules.filter((module) => !LIBRARY.includes(module))).toEqual([]);
  for (const module of modules) expect(propertiesOf(module).sets.length, module).toBeGreaterThan(0);
});

test('a FIFO keeps order and values, and a planted fault is not proven', LIMIT, async () => {
  const set = 'Width=2 Depth=3';
  expect((await proveModule('flexor_fifo', set)).verdict).toBe('proven');
  const doubled = (source: string) => source.replace('assign in_ready_o = ready_q', "assign in_ready_o = 1'b1");
  expect((await proveModule('flexor_fifo', set, { change: doubled })).verdict).toBe('failed');
});

test('the Verilog of an XOR circuit computes its M⊕, one with another tap does not', LIMIT, async () => {
  const matrix = tapMatrix(12, 20, 2, new Random(1));
  const circuit = hardwareCircuit(matrix);
  expect((await proveXor(circuit, matrix)).verdict).toBe('proven');
  const change = (text: string) => text.replace(/assign y_o\[3\] = /, 'assign y_o[3] = x_i[0] ^ ');
  expect((await proveXor(circuit, matrix, { change })).verdict).toBe('failed');
});
