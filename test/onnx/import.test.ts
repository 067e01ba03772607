/** A quantised graph written here: import, float and integer network equal to the executor, what cannot be taken named at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importModel } from '../../src/app/import.js';
import { encodeNpy } from '../../src/data/own/npy.js';
import { Random } from '../../src/base/random.js';
import { verifyImport } from '../../src/app/import-verify.js';
import { importOnnx, ImportProblems } from '../../src/onnx/import/import.js';
import { readOnnx } from '../../src/onnx/read.js';
import { readModel } from '../../src/model/read.js';
import { writeModel } from '../../src/model/write.js';
import { onnxBytes, QONNX } from '../support/onnx-file.js';
import type { WrittenNode, WrittenTensor } from '../support/onnx-file.js';

const provenance = { recipe: '', seed: null, dataset: 'x', testAccuracy: null, testImages: null, notes: '' };
const options = { name: 'g', pixels: { mean: [0], std: [1] }, classes: null, provenance };

/** conv → batch norm → ReLU → quantiser → max pool → flatten → dense of a few bits, weights and scales drawn by a seed. */
function graph(seed: number) {
  const random = new Random(seed);
  const scalar = (name: string, value: number): WrittenTensor => ({ name, dims: [], values: [value] });
  const draw = (name: string, dims: number[], low: number, high: number): WrittenTensor => ({
    name,
    dims,
    values: Array.from({ length: dims.reduce((p, n) => p * n, 1) }, () => low + (high - low) * random.float()),
  });
  const channels = random.between(1, 5);
  const bits = random.between(2, 4);
  const quant = (input: string, scale: string, output: string, signed: number): WrittenNode => ({
    operator: 'Quant',
    domain: QONNX,
    inputs: [input, scale, 'zero', 'bits'],
    outputs: [output],
    attributes: { signed, narrow: random.below(2), rounding_mode: random.pick(['ROUND', 'FLOOR', 'CEIL']) },
  });
  const padding = random.below(2);
  const side = padding === 1 ? 6 : 4;
  const nodes: WrittenNode[] = [
    quant('w1', 's1', 'q1', 1),
    { operator: 'Conv', inputs: ['x', 'q1'], outputs: ['c'], attributes: { pads: new Array<number>(4).fill(padding) } },
    { operator: 'BatchNormalization', inputs: ['c', 'g', 'b', 'm', 'v'], outputs: ['n'] },
    { operator: 'Relu', inputs: ['n'], outputs: ['r'] },
    { operator: 'MaxPool', inputs: ['r'], outputs: ['p'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    quant('p', 's2', 'a', 0),
    { operator: 'Flatten', inputs: ['a'], outputs: ['f'] },
    { operator: 'BipolarQuant', domain: QONNX, inputs: ['w2', 's3'], outputs: ['q2'] },
    { operator: 'MatMul', inputs: ['f', 'q2'], outputs: ['y'] },
  ];
  const initialisers = [
    ...[scalar('zero', 0), scalar('bits', bits), scalar('s2', 0.25), scalar('s3', 0.5)],
    draw('s1', [channels, 1, 1, 1], 0.1, 0.4),
    draw('w1', [channels, 1, 3, 3], -1, 1),
    ...[draw('g', [channels], -1, 1), draw('b', [channels], -0.5, 0.5), draw('m', [channels], -1, 1)],
    draw('v', [channels], 0.2, 2),
    draw('w2', [(channels * side * side) / 4, 3], -1, 1),
  ];
  const inputs = Array.from({ length: 3 }, () =>
    Float64Array.from({ length: 36 }, () => random.below(256) * Math.fround(1 / 255)),
  );
  return { nodes, initialisers, inputs };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('random graph %i: equal integers at every quantised tensor', (seed) => {
  const { nodes, initialisers, inputs } = graph(seed);
  const ports = { inputs: [{ name: 'x', dims: [1, 1, 6, 6] }], outputs: [{ name: 'y', dims: null }] };
  const onnx = readOnnx(onnxBytes({ nodes, initialisers, ...ports }), 'g');
  const imported = importOnnx(onnx, 'g', { ...options, samples: inputs });
  const { tensors, classDiffers } = verifyImport(onnx, imported, inputs, 'g', {});
  expect(tensors.filter(({ exact }) => exact).length).toBeGreaterThan(0);
  for (const { integerDiffers, floatDiffers } of tensors) expect([integerDiffers, floatDiffers]).toEqual([0, 0]);
  expect(classDiffers).toBe(0);
  const bytes = writeModel(imported.model);
  expect(Buffer.from(writeModel(readModel(bytes, 'g').model)).equals(Buffer.from(bytes))).toBe(true);
});

test('everything that cannot be taken is named at once', () => {
  const nodes = [
    { operator: 'Tanh', inputs: ['x'], outputs: ['t'], name: 'first' },
    { operator: 'Exp', inputs: ['x'], outputs: ['e'], name: 'second' },
    { operator: 'Add', inputs: ['t', 'e'], outputs: ['y'], name: 'third' },
  ];
  const ports = { inputs: [{ name: 'x', dims: [1, 4] }], outputs: [{ name: 'y', dims: null }] };
  const onnx = readOnnx(onnxBytes({ nodes, ...ports }), 'g');
  try {
    importOnnx(onnx, 'g', { ...options, samples: [] });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ImportProblems);
    expect((error as ImportProblems).problems.map(({ node }) => node)).toEqual(['first', 'second', 'third']);
  }
});

test('inputs of a file are compared besides random ones, and must have the dimensions of the graph', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flexor-inputs-'));
  const { nodes, initialisers } = graph(3);
  const ports = { inputs: [{ name: 'x', dims: [1, 1, 6, 6] }], outputs: [{ name: 'y', dims: null }] };
  const path = join(folder, 'g.onnx');
  writeFileSync(path, onnxBytes({ nodes, initialisers, ...ports }));
  const inputs = join(folder, 'x.npy');
  const request = { verify: 2, seed: 1, inputs, mean: [0], std: [1], dataset: 'x', classes: null };
  const run = () => importModel(path, { ...request, output: join(folder, 'g.flexor') });
  const grid = Float32Array.from({ length: 108 }, (_, i) => ((7 * i) % 256) / 255);
  writeFileSync(inputs, encodeNpy([3, 1, 6, 6], grid));
  expect(run().verification).toMatchObject({ inputs: 5, classDiffers: 0 });
  const pixels = Uint8Array.from({ length: 72 }, (_, i) => 3 * i);
  writeFileSync(inputs, encodeNpy([2, 1, 6, 6], pixels));
  expect(run().verification).toMatchObject({ inputs: 4, classDiffers: 0 });
  // A model takes pixels; what is none cannot be equal.
  const wide = Float32Array.from({ length: 36 }, (_, i) => i - 18);
  writeFileSync(inputs, encodeNpy([1, 1, 6, 6], wide));
  expect(run).toThrow(/nothing is written. Inputs must be pixels where the graph does not quantise them$/);
  writeFileSync(inputs, encodeNpy([3, 6, 6], new Uint8Array(108)));
  expect(run).toThrow(/x\.npy: must be \[N, 1, 6, 6\] as the graph's input, got \[3, 6, 6\]$/);
  writeFileSync(inputs, encodeNpy([1, 1, 6, 6], new Float32Array(36).fill(NaN)));
  expect(run).toThrow(/x\.npy: must be finite numbers, got NaN at element 0$/);
  rmSync(folder, { recursive: true });
});
