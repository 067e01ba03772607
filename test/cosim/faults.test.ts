/** Deliberate faults in the generated files: each makes co-simulation fail and name the layer. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import type { CosimResult } from '../../src/cosim/types.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { weightedNodes } from '../../src/rtl/lanes.js';
import type { Manifest } from '../../src/rtl/types.js';
import { defaultFold } from '../../src/rtl/solve/choose.js';
import { randomImages } from '../support/random-network.js';
import { network } from './fixture/network.js';

const layers = weightedNodes(network).map(({ name }) => name);
const images = randomImages(network, 5, 1);
// With the default fold conv3 has time to spare, so that a shorter FIFO would change no cycle.
const design = makeDesign(network, { fold: { ...defaultFold(network), conv3: { pe: 2, simd: 3 } } });
let folder = '';
let manifest: Manifest;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'flexor-faults-')), 'design');
  const generated = generateRtl(design);
  writeDesign(generated, folder);
  manifest = generated.manifest;
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function run(stalls = 0): Promise<CosimResult> {
  return cosimulate({ folder, design, images, stalls, seed: 1, layers: false, optimise: 'build-time' });
}

/** Changes one generated file; the change must take place. */
function edit(path: string, change: (text: string) => string): void {
  const before = readFileSync(join(folder, path), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(folder, path), after);
}

/** The Verilog file of a layer. */
function moduleFile(layer: string): string {
  return `rtl/${manifest.layers.find(({ name }) => name === layer)!.module}.v`;
}

/** The Verilog file of the XOR circuit that a layer instantiates. */
function circuitFile(layer: string): string {
  const [, module] = /^ *(\w+_xor_\w+) u_xor/m.exec(readFileSync(join(folder, moduleFile(layer)), 'utf8'))!;
  return `rtl/${module!}.v`;
}

/** Flips bit `bit` (0: lowest) of a hexadecimal literal. */
function flipBit(hex: string, bit: number): string {
  return (BigInt(`0x${hex}`) ^ (1n << BigInt(bit))).toString(16).padStart(hex.length, '0');
}

test('the design without a fault passes', async () => {
  expect(await run()).toMatchObject({ passed: true, failure: null });
});

describe.each(layers)('in layer %s', (layer) => {
  test('one tap too many in a row of M⊕', async () => {
    edit(circuitFile(layer), (text) => text.replace(/assign y_o\[0\] = (.*);/, 'assign y_o[0] = x_i[0] ^ $1;'));
    const result = await run();
    expect(result).toMatchObject({ passed: false, status: 'mismatch', firstMismatch: { layer } });
  });

  test('one weight bit flipped', async () => {
    edit(`mem/${layer}_weights.mem`, (text) => text.replace(/[0-9a-f]+/, (hex) => flipBit(hex, 0)));
    const result = await run();
    expect(result).toMatchObject({ passed: false, status: 'mismatch', firstMismatch: { layer } });
  });

  test('one requantiser constant changed', async () => {
    edit(`mem/${layer}_scales.mem`, (text) => text.replace(/[0-9a-f]+/, (hex) => flipBit(hex, 10)));
    const result = await run();
    expect(result).toMatchObject({ passed: false, status: 'mismatch', firstMismatch: { layer } });
  });

  test('one FIFO shorter', async () => {
    edit(moduleFile(layer), (text) => text.replace(/\.Depth\((\d+)\)/, '.Depth(1)'));
    const result = await run();
    expect(result).toMatchObject({ passed: false, status: 'timing', timingMismatch: { layer }, mismatches: 0 });
  });
});
