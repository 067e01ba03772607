/**
 * Deliberate faults in the design of the shipped LeNet-5: each makes co-simulation fail and name the layer. Faults in
 * memory files share the build of the right design. A fault that no value depends on (a weight of a pixel that is black,
 * a channel that is never active) is none, so bits and channels are chosen that the simulator says matter.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { loadLowered, loadTestImages } from '../../src/app/inputs.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import type { CosimResult } from '../../src/cosim/types.js';
import { DEFAULT_BITS } from '../../src/fixed/lower.js';
import { weightedNodes, type WeightedNode } from '../../src/rtl/lanes.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { defaultFold } from '../../src/rtl/solve/choose.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { decrypt, xorMatrix } from '../../src/xor/matrix.js';

const model = loadLowered('models/lenet5-digits-0.6.flexor', DEFAULT_BITS);
const { network } = model;
const images = (await loadTestImages(model, { images: 1 })).quantised;
// Two channel groups a layer, so that each has a FIFO between engine and requantiser; one lane and read, so that a row of memory
// holds encrypted bits as the model stores them.
const fold = Object.fromEntries(
  weightedNodes(network).map(({ name, outChannels }) => [name, { pe: outChannels / 2, simd: 1, rowsPerWord: 1 }]),
);
const design = makeDesign(network, { fold: { ...defaultFold(network), ...fold } });
const generated = generateRtl(design);
const folder = join(mkdtempSync(join(tmpdir(), 'flexor-lenet5-faults-')), 'design');

beforeAll(() => writeDesign(generated, folder));
afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function run(): Promise<CosimResult> {
  return cosimulate({ folder, design, images, stalls: 0, seed: 1, layers: true });
}

/** Runs the design with one file changed, and puts the file back. */
async function runWith(path: string, change: (text: string) => string): Promise<CosimResult> {
  const before = readFileSync(join(folder, path), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(folder, path), after);
  try {
    return await run();
  } finally {
    writeFileSync(join(folder, path), before);
  }
}

/** Flips one bit (0: lowest) of a hexadecimal number. */
function flipBit(hex: string, bit: number): string {
  return (BigInt(`0x${hex}`) ^ (1n << BigInt(bit))).toString(16).padStart(hex.length, '0');
}

function flipInLine(text: string, line: number, bit: number): string {
  return text
    .split('\n')
    .map((word, i) => (i === line ? flipBit(word, bit) : word))
    .join('\n');
}

/** The first of random indices below `count` with which the layer's output differs. */
function visible(node: WeightedNode, count: number, changed: (index: number) => WeightedNode): number {
  const stream = network.nodes.indexOf(node) + 1;
  const output = (nodes: typeof network.nodes): string => {
    const streams = createSimulator({ ...network, nodes }).trace(images[0]!);
    return streams[stream]!.join();
  };
  const right = output(network.nodes);
  const random = new Random(1);
  for (let attempt = 0; attempt < 60; attempt++) {
    const index = random.below(count);
    const other = changed(index);
    if (output(network.nodes.map((each) => (each === node ? other : each))) !== right) return index;
  }
  throw new Error(`no change of ${node.name} is visible on this image`);
}

function withFlippedBit(node: WeightedNode, bit: number): WeightedNode {
  const planes = node.planes.map((plane) => {
    const encrypted = plane.encrypted.map((value, i) => (i === bit ? 1 - value : value));
    const codes = decrypt(encrypted, xorMatrix(plane.nIn, plane.nOut, plane.matrix), plane.codes.length);
    return { ...plane, encrypted, codes };
  });
  return { ...node, planes };
}

const CONSTANT_BIT = 11;

function withFlippedConstant(node: WeightedNode, channel: number): WeightedNode {
  const { requantiser } = node;
  const multipliers = requantiser.multipliers.map((plane) =>
    plane.map((m, c) => (c === channel ? m ^ (1 << CONSTANT_BIT) : m)),
  );
  return { ...node, requantiser: { ...requantiser, multipliers } };
}

function moduleFile(layer: string): string {
  return `rtl/${generated.manifest.layers.find(({ name }) => name === layer)!.module}.v`;
}

test('the design without a fault passes', async () => {
  expect(await run()).toMatchObject({ passed: true, failure: null, mismatches: 0 });
});

describe.each(weightedNodes(network).map((node) => [node.name, node] as const))('in layer %s', (layer, node) => {
  test('one weight bit flipped', async () => {
    const bit = visible(node, node.planes[0]!.encrypted.length, (index) => withFlippedBit(node, index));
    const slices = Number(/\.Slices\((\d+)\)/.exec(generated.files.get(moduleFile(layer))!)![1]);
    const wordBits = slices * node.planes[0]!.nIn;
    const result = await runWith(`mem/${layer}_weights.mem`, (text) =>
      flipInLine(text, Math.floor(bit / wordBits), bit % wordBits),
    );
    expect(result).toMatchObject({ passed: false, status: 'mismatch', firstMismatch: { layer } });
  });

  test('one requantiser constant changed', async () => {
    const channel = visible(node, node.outChannels, (index) => withFlippedConstant(node, index));
    const result = await runWith(`mem/${layer}_scales.mem`, (text) => flipInLine(text, channel, CONSTANT_BIT));
    expect(result).toMatchObject({ passed: false, status: 'mismatch', firstMismatch: { layer, channel } });
  });

  test('one weight bit taken from another signal of M⊕', async () => {
    const result = await runWith(moduleFile(layer), (text) =>
      text.replace(/(\.Wirings\(\d+'h)([0-9a-f]+)/, (_, head: string, hex: string) => head + flipBit(hex, 96)),
    );
    expect(result).toMatchObject({ passed: false, status: 'mismatch', firstMismatch: { layer } });
  });
});

// A dense layer finishes once a frame: there a shorter FIFO costs no cycle.
describe.each(
  weightedNodes(network)
    .filter(({ kind }) => kind === 'conv')
    .map(({ name }) => name),
)('in layer %s', (layer) => {
  test('the FIFO between engine and requantiser one shorter', async () => {
    const result = await runWith(moduleFile(layer), (text) =>
      text.replace(
        /(\.Depth\()(\d+)(\)\s+\) u_group_fifo)/,
        (_, head: string, depth: string, rest: string) => `${head}${Number(depth) - 1}${rest}`,
      ),
    );
    expect(result).toMatchObject({ passed: false, status: 'timing', timingMismatch: { layer }, mismatches: 0 });
  });

  test('the FIFO behind it one shorter', async () => {
    const result = await runWith(moduleFile(layer), (text) =>
      text.replace(/(\.Depth\()2(\)\s+\) u_fifo)/, (_, head: string, rest: string) => `${head}1${rest}`),
    );
    expect(result).toMatchObject({ passed: false, status: 'timing', timingMismatch: { layer }, mismatches: 0 });
  });
});
