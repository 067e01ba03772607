/** Graphs in the shapes of the model zoos, small: what exporters write around their layers, and what is refused of it. */
import { describe, expect, test } from 'vitest';
import { importOnnx, ImportProblems } from '../../src/onnx/import/import.js';
import { readOnnx } from '../../src/onnx/read.js';
import { expectEqual, expectHardware, Graph, provenance } from '../support/zoo-graph.js';

describe('zoo graphs', () => {
  test('CNV: 2x − 1, bits of ±1, TensorNorm at the end', () => {
    const g = new Graph();
    g.add('d', 'Mul', ['x', g.number(2)]);
    g.add('s', 'Sub', ['d', g.number(1)]);
    g.quant('q', 's', 8, true, g.number(2 ** -7));
    g.add('c1', 'Conv', ['q', g.bipolar('w1', g.draw([4, 3, 3, 3]))], { kernel_shape: [3, 3] });
    g.bipolar('a1', g.norm('n1', 'c1', 4));
    g.add('c2', 'Conv', ['a1', g.bipolar('w2', g.draw([6, 4, 3, 3]))], { kernel_shape: [3, 3] });
    g.bipolar('a2', g.norm('n2', 'c2', 6));
    g.add('p', 'MaxPool', ['a2'], { kernel_shape: [2, 2], strides: [2, 2] });
    g.add('r', 'Reshape', ['p', g.tensor([2], [1, -1], 'int64')]);
    g.add('m1', 'MatMul', ['r', g.add('w3t', 'Transpose', [g.bipolar('w3', g.draw([8, 24]))], { perm: [1, 0] })]);
    g.bipolar('a3', g.norm('n3', 'm1', 8));
    g.add('m2', 'MatMul', ['a3', g.bipolar('w4', g.draw([8, 5]))]);
    g.add('t1', 'Sub', ['m2', g.number(0.25)]);
    g.add('t2', 'Div', ['t1', g.number(3)]);
    g.add('t3', 'Mul', ['t2', g.number(0.5)]);
    g.add('y', 'Add', ['t3', g.number(0.125)]);
    expectHardware(expectEqual(g.bytes([1, 3, 8, 8], 'y'), 192, 4));
  });

  test('VGG10 for radio: one-dimensional convolutions, a scale a channel, ReLU', () => {
    const g = new Graph();
    g.quant('q', 'x', 8, true, g.number(2 ** -7));
    const weights = (name: string, dims: number[]): string =>
      g.quant(name, g.draw(dims), 4, true, g.draw([dims[0]!, 1, 1], 0.1, 0.3));
    g.add('c1', 'Conv', ['q', weights('w1', [4, 2, 3])], { kernel_shape: [3], pads: [1, 1] });
    g.add('r1', 'Relu', [g.norm('n1', 'c1', 4)]);
    g.quant('a1', 'r1', 3, false, g.number(0.3));
    g.add('p1', 'MaxPool', ['a1'], { kernel_shape: [2], strides: [2] });
    g.add('c2', 'Conv', ['p1', weights('w2', [5, 4, 3])], { kernel_shape: [3], pads: [1, 1] });
    g.add('r2', 'Relu', [g.norm('n2', 'c2', 5)]);
    g.quant('a2', 'r2', 3, false, g.number(0.4));
    g.add('f', 'Flatten', ['a2'], { axis: 1 });
    g.add('y', 'Gemm', ['f', g.quant('w3', g.draw([6, 40]), 4, true, g.number(0.2)), g.draw([6])], { transB: 1 });
    expectHardware(expectEqual(g.bytes([1, 2, 16], 'y'), 32, 3));
  });

  test('MobileNet: mean and std a channel, depthwise layers, Trunc behind the average pool', () => {
    const g = new Graph();
    g.add('s', 'Sub', ['x', g.tensor([1, 3, 1, 1], [0.485, 0.456, 0.406])]);
    g.add('d', 'Div', ['s', g.tensor([1, 3, 1, 1], [0.229, 0.224, 0.225])]);
    g.quant('q', 'd', 8, true, g.number(0.02));
    const weights = (name: string, dims: number[]): string =>
      g.quant(name, g.draw(dims), 4, true, g.draw([dims[0]!, 1, 1, 1], 0.1, 0.3));
    g.add('c1', 'Conv', ['q', weights('w1', [4, 3, 3, 3])], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    });
    g.quant('a1', g.add('r1', 'Relu', [g.norm('n1', 'c1', 4)]), 4, false, g.number(0.21));
    g.add('c2', 'Conv', ['a1', weights('w2', [4, 1, 3, 3])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: 4 });
    g.quant('a2', g.add('r2', 'Relu', [g.norm('n2', 'c2', 4)]), 4, false, g.number(0.17));
    g.add('p', 'AveragePool', ['a2'], { kernel_shape: [4, 4] });
    g.add('m', 'Mul', ['p', g.number(16)]);
    const bits = [g.number(8), g.number(4)] as const;
    g.add('t', 'Trunc', ['m', g.number(0.17), g.number(0), ...bits], { rounding_mode: 'FLOOR' });
    g.add('f', 'Reshape', ['t', g.tensor([2], [1, -1], 'int64')]);
    g.add('y', 'Gemm', ['f', g.quant('w3', g.draw([6, 4]), 4, true, g.number(0.2))], { transB: 1 });
    const imported = expectEqual(g.bytes([1, 3, 8, 8], 'y'), 192, 4);
    expect(imported.model.nodes.at(-2)).toMatchObject({ kind: 'activation', quantiser: { rounding: 'floor' } });
  });

  test.each(['FLOOR', 'ROUND', 'CEIL'])('Trunc with seven inputs, %s', (mode) => {
    const g = new Graph();
    g.quant('q', 'x', 6, false, g.number(2 ** -5));
    g.add('p', 'GlobalAveragePool', ['q']);
    g.add('m', 'Mul', ['p', g.number(4)]);
    const parts = [g.number(2 ** -5), g.number(0), g.number(8), g.number(2 ** -3), g.number(0), g.number(5)];
    g.add('t', 'Trunc', ['m', ...parts], { rounding_mode: mode, signed: 0, narrow: 0 });
    g.add('f', 'Flatten', ['t'], { axis: 1 });
    g.add('y', 'MatMul', ['f', g.quant('w', g.draw([3, 4]), 3, true, g.number(0.25))]);
    expectEqual(g.bytes([1, 3, 2, 2], 'y'), 12, 2);
  });

  test('a streamlined graph: thresholds a channel with one step, several even ones, channels last', () => {
    const g = new Graph();
    g.add('m1', 'MatMul', ['x', g.tensor([4, 3], [1, -1, 2, 0, 1, -2, 1, 1, 0, -1, 2, 1])]);
    const one = { out_scale: { float: 2 }, out_bias: { float: -1 }, out_dtype: 'BIPOLAR', data_layout: 'NHWC' };
    g.add('h1', 'MultiThreshold', ['m1', g.tensor([3, 1], [0.5, -0.25, 0.125])], one);
    g.add('m2', 'MatMul', ['h1', g.tensor([3, 3], [1, -1, 1, 1, 1, -1, -1, 1, 1])]);
    const steps = g.tensor([1, 3], [-1.5, -0.5, 0.5]);
    g.add('h2', 'MultiThreshold', ['m2', steps], {
      out_scale: { float: 1 },
      out_bias: { float: -2 },
      out_dtype: 'INT2',
    });
    g.add('m3', 'MatMul', ['h2', g.tensor([3, 2], [1, 2, -1, 1, 2, -2])]);
    g.add('y', 'TopK', ['m3', g.tensor([1], [1], 'int64')]);
    expectHardware(expectEqual(g.bytes([1, 4], 'y'), 4, 2));
  });

  test('Keras through tf2onnx: images [1, H, W, C], turned at the beginning and at the end', () => {
    const g = new Graph();
    g.add('t', 'Transpose', ['x'], { perm: [0, 3, 1, 2] });
    g.quant('q', 't', 4, false, g.number(Math.fround(1 / 15)));
    g.add('c', 'Conv', ['q', g.quant('w', g.draw([3, 2, 2, 2]), 3, true, g.number(0.3))], { kernel_shape: [2, 2] });
    g.quant('a', 'c', 3, true, g.number(0.3));
    g.add('u', 'Transpose', ['a'], { perm: [0, 2, 3, 1] });
    g.add('f', 'Reshape', ['u', g.tensor([2], [-1, 36], 'int64')]);
    g.add('y', 'MatMul', ['f', g.quant('v', g.draw([36, 4]), 3, true, g.number(0.25))]);
    expectHardware(expectEqual(g.bytes([1, 4, 5, 2], 'y'), 40, 1));
  });

  test('old exporters: initialisers among the inputs, Dropout with its mask, Cast, Identity', () => {
    const g = new Graph();
    g.add('i', 'Identity', ['x']);
    g.add('k', 'Cast', ['i'], { to: 1 });
    g.quant('q', 'k', 4, false, g.number(Math.fround(1 / 15)));
    g.nodes.push({ operator: 'Dropout', inputs: ['q'], outputs: ['o', 'mask'], name: 'o' });
    g.add('y', 'MatMul', ['o', g.quant('w', g.draw([6, 3]), 3, true, g.number(0.25))]);
    const ports = g.initialisers.map(({ name, dims }) => ({ name, dims }));
    expectHardware(expectEqual(g.bytes([1, 6], 'y', ports), 6, 0));
  });

  test('ReLU, a scale, a quantiser', () => {
    const g = new Graph();
    g.quant('q', 'x', 4, false, g.number(Math.fround(1 / 15)));
    g.add('m', 'MatMul', ['q', g.quant('w', g.draw([6, 3]), 3, true, g.number(0.3))]);
    g.add('s', 'Mul', [g.add('r', 'Relu', ['m']), g.number(1.7)]);
    g.quant('a', 's', 3, false, g.number(0.31));
    g.add('y', 'MatMul', ['a', g.quant('v', g.draw([3, 4]), 3, true, g.number(0.25))]);
    expectHardware(expectEqual(g.bytes([1, 6], 'y'), 6, 1));
  });
});

describe('refused, with what to do', () => {
  const problemsOf = (bytes: Uint8Array): ImportProblems['problems'] => {
    try {
      importOnnx(readOnnx(bytes, 'g'), 'g', {
        ...{ name: 'g', pixels: { mean: [0], std: [1] }, classes: null, provenance, samples: [] },
      });
    } catch (error) {
      if (error instanceof ImportProblems) return error.problems;
      throw error;
    }
    return [];
  };

  test('thresholds that are no quantiser, Trunc with a zero point, a scale a channel of an activation', () => {
    const g = new Graph();
    g.add('h', 'MultiThreshold', ['x', g.tensor([1, 3], [0, 1, 5])]);
    g.add('t', 'Trunc', ['x', g.number(0.5), g.number(1), g.number(8), g.number(4)]);
    g.quant('a', 'x', 4, true, g.tensor([1, 4], [0.1, 0.2, 0.3, 0.4]));
    g.add('s', 'Add', ['h', 't']);
    g.add('y', 'Add', ['s', 'a']);
    const problems = problemsOf(g.bytes([1, 4], 'y'));
    expect(problems.slice(0, 3).map(({ node, reason }) => [node, reason])).toEqual([
      ['h', 'its thresholds are not equally far apart, in all channels alike'],
      ['t', 'its zero point is not 0'],
      ['a', 'its scale differs between channels of an activation'],
    ]);
    for (const { remedy } of problems) expect(remedy).not.toBe('');
  });

  test.each(['LSTM', 'QuantizeLinear', 'Resize', 'InstanceNormalization', 'Attention'])('%s', (operator) => {
    const g = new Graph();
    g.add('y', operator, ['x']);
    expect(problemsOf(g.bytes([1, 4], 'y'))).toEqual([
      {
        ...{ node: 'y', operator, reason: 'operator is not supported' },
        remedy: 'replace it by supported operators (docs/onnx.md)',
      },
    ]);
  });
});
