/** Graphs as Brevitas, QKeras and FINN export them, small: jet tagging, key words, residual networks, channels last. */
import { describe, test } from 'vitest';
import { expectEqual, expectHardware, Graph } from '../support/zoo-graph.js';

/** Quant with the attributes of a Brevitas export: float bit widths, narrow weights, wide activations. */
function brevitas(g: Graph, name: string, input: string, bits: number, signed: number, narrow: number, scale: string) {
  return g.add(name, 'Quant', [input, scale, g.number(0), g.number(bits)], { signed, narrow, rounding_mode: 'ROUND' });
}

describe('exports', () => {
  test('jet tagging (QKeras): scales that are powers of two, biases behind quantisers, Softmax', () => {
    const g = new Graph();
    brevitas(g, 'q', 'x', 8, 1, 0, g.number(2 ** -6));
    let tensor = 'q';
    [
      [16, 12],
      [12, 8],
      [8, 5],
    ].forEach(([inputs, outputs], i) => {
      const w = brevitas(g, `w${i}`, g.draw([inputs!, outputs!]), 6, 1, 0, g.number(2 ** -5));
      g.add(`m${i}`, 'MatMul', [tensor, w]);
      const b = brevitas(g, `b${i}`, g.draw([outputs!]), 6, 1, 0, g.number(2 ** -5));
      tensor = g.add(`s${i}`, 'Add', [`m${i}`, b]);
      if (i < 2) {
        g.add(`r${i}`, 'Relu', [tensor]);
        tensor = brevitas(g, `a${i}`, `r${i}`, 4, 0, 0, g.number(2 ** -3));
      }
    });
    g.add('y', 'Softmax', [tensor], { axis: -1 });
    expectHardware(expectEqual(g.bytes([1, 16], 'y'), 16, 2));
  });

  test('LFC/SFC: Reshape, 2x − 1, BipolarQuant of the input, Dropout-free chain, TensorNorm', () => {
    const g = new Graph();
    g.add('f', 'Reshape', ['x', g.tensor([2], [1, -1], 'int64')]);
    g.add('d', 'Mul', ['f', g.number(2)]);
    g.add('s', 'Sub', ['d', g.number(1)]);
    g.bipolar('q', 's');
    g.add('m1', 'MatMul', [
      'q',
      g.add('t1', 'Transpose', [brevitas(g, 'w1', g.draw([10, 16]), 1, 1, 1, g.number(1))], { perm: [1, 0] }),
    ]);
    brevitas(g, 'a1', g.norm('n1', 'm1', 10), 2, 1, 1, g.number(1));
    g.add('m2', 'MatMul', [
      'a1',
      g.add('t2', 'Transpose', [brevitas(g, 'w2', g.draw([4, 10]), 1, 1, 1, g.number(1))], { perm: [1, 0] }),
    ]);
    g.norm('y', 'm2', 4);
    expectHardware(expectEqual(g.bytes([1, 1, 4, 4], 'y'), 16, 1));
  });

  test('ResNet w4a4: additions of quantised branches with one scale, GlobalAveragePool, Trunc', () => {
    const g = new Graph();
    brevitas(g, 'q', 'x', 8, 0, 0, g.number(Math.fround(1 / 255)));
    const conv = (name: string, input: string, dims: number[], pad: number, stride = 1): string =>
      g.add(
        name,
        'Conv',
        [input, brevitas(g, `${name}w`, g.draw(dims), 4, 1, 1, g.draw([dims[0]!, 1, 1, 1], 0.1, 0.3))],
        {
          kernel_shape: dims.slice(2),
          pads: [pad, pad, pad, pad],
          strides: [stride, stride],
        },
      );
    conv('c1', 'q', [4, 3, 3, 3], 1);
    brevitas(g, 'a1', g.add('r1', 'Relu', [g.norm('n1', 'c1', 4)]), 4, 0, 0, g.number(0.21));
    conv('c2', 'a1', [4, 4, 3, 3], 1);
    brevitas(g, 'a2', g.norm('n2', 'c2', 4), 4, 1, 0, g.number(0.21));
    g.add('s1', 'Add', ['a2', 'a1']);
    brevitas(g, 'a3', g.add('r3', 'Relu', ['s1']), 4, 0, 0, g.number(0.25));
    conv('c3', 'a3', [6, 4, 3, 3], 1, 2);
    brevitas(g, 'a4', g.norm('n4', 'c3', 6), 4, 1, 0, g.number(0.3));
    conv('c4', 'a3', [6, 4, 1, 1], 0, 2);
    brevitas(g, 'a5', g.norm('n5', 'c4', 6), 4, 1, 0, g.number(0.3));
    g.add('s2', 'Add', ['a4', 'a5']);
    brevitas(g, 'a6', g.add('r6', 'Relu', ['s2']), 4, 0, 0, g.number(0.25));
    g.add('p', 'GlobalAveragePool', ['a6']);
    brevitas(g, 'a7', 'p', 6, 0, 0, g.number(2 ** -4));
    g.add('fl', 'Flatten', ['a7'], { axis: 1 });
    g.add('y', 'Gemm', ['fl', brevitas(g, 'w5', g.draw([5, 6]), 8, 1, 1, g.number(0.02)), g.draw([5])], { transB: 1 });
    expectEqual(g.bytes([1, 3, 8, 8], 'y'), 192, 6);
  });

  test('channels last from FINN: Transposes to NHWC and back around MultiThreshold and in front of Flatten', () => {
    const g = new Graph();
    brevitas(g, 'q', 'x', 8, 0, 0, g.number(Math.fround(1 / 255)));
    g.add('c1', 'Conv', ['q', brevitas(g, 'w1', g.draw([4, 1, 3, 3]), 3, 1, 1, g.number(0.3))], {
      kernel_shape: [3, 3],
    });
    g.add('t1', 'Transpose', ['c1'], { perm: [0, 2, 3, 1] });
    brevitas(g, 'a1', 't1', 3, 1, 0, g.number(0.31));
    g.add('t2', 'Transpose', ['a1'], { perm: [0, 3, 1, 2] });
    g.add('p', 'MaxPool', ['t2'], { kernel_shape: [2, 2], strides: [2, 2] });
    g.add('t3', 'Transpose', ['p'], { perm: [0, 2, 3, 1] });
    g.add('f', 'Reshape', ['t3', g.tensor([2], [1, 36], 'int64')]);
    g.add('y', 'MatMul', ['f', brevitas(g, 'w2', g.draw([36, 4]), 3, 1, 1, g.number(0.2))]);
    expectHardware(expectEqual(g.bytes([1, 1, 8, 8], 'y'), 64, 1));
  });

  test('pre-processing: Div by 255, Sub and Div a channel, Transpose of images with channels last', () => {
    const g = new Graph();
    g.add('t', 'Transpose', ['x'], { perm: [0, 3, 1, 2] });
    g.add('d', 'Div', ['t', g.number(255)]);
    g.add('s', 'Sub', ['d', g.tensor([1, 3, 1, 1], [0.485, 0.456, 0.406])]);
    g.add('e', 'Div', ['s', g.tensor([1, 3, 1, 1], [0.229, 0.224, 0.225])]);
    brevitas(g, 'q', 'e', 8, 1, 0, g.number(0.02));
    g.add(
      'c1',
      'Conv',
      ['q', brevitas(g, 'w1', g.draw([4, 3, 3, 3]), 4, 1, 1, g.draw([4, 1, 1, 1], 0.1, 0.3)), g.draw([4])],
      { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
    );
    brevitas(g, 'a1', g.add('r1', 'Relu', ['c1']), 4, 0, 0, g.number(0.23));
    g.add('p', 'AveragePool', ['a1'], { kernel_shape: [4, 4] });
    g.add('f', 'Flatten', ['p'], { axis: 1 });
    g.add('y', 'Gemm', ['f', brevitas(g, 'w2', g.draw([5, 4]), 4, 1, 1, g.number(0.2)), g.draw([5])], { transB: 1 });
    expectHardware(expectEqual(g.bytes([1, 8, 8, 3], 'y'), 192, 1));
  });

  test('biases with a quantiser, per-channel scales of a transposed Gemm, TopK', () => {
    const g = new Graph();
    brevitas(g, 'q', 'x', 8, 0, 0, g.number(Math.fround(1 / 255)));
    const w = brevitas(g, 'w1', g.draw([7, 12]), 4, 1, 1, g.draw([7, 1], 0.1, 0.3));
    g.add('m1', 'Gemm', ['q', w, brevitas(g, 'b1', g.draw([7]), 16, 1, 0, g.number(0.001))], { transB: 1 });
    brevitas(g, 'a1', g.add('r1', 'Relu', ['m1']), 5, 0, 0, g.number(0.11));
    g.add('m2', 'Gemm', ['a1', brevitas(g, 'w2', g.draw([4, 7]), 4, 1, 1, g.draw([4, 1], 0.1, 0.3)), g.draw([4])], {
      transB: 1,
    });
    g.nodes.push({
      operator: 'TopK',
      inputs: ['m2', g.tensor([1], [1], 'int64')],
      outputs: ['v', 'y'],
      name: 'top',
      attributes: { axis: -1, largest: 1, sorted: 1 },
    });
    expectHardware(expectEqual(g.bytes([1, 12], 'y'), 12, 1));
  });

  test('MobileNet v1: ReLU6 as Clip, depthwise layers, an average pool of 7×7 scaled back, an 8-bit first layer', () => {
    const g = new Graph();
    brevitas(g, 'q', 'x', 8, 0, 0, g.number(Math.fround(1 / 255)));
    g.add('c1', 'Conv', ['q', brevitas(g, 'w1', g.draw([4, 3, 3, 3]), 8, 1, 1, g.draw([4, 1, 1, 1], 0.004, 0.01))], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      strides: [2, 2],
    });
    g.add('clip', 'Clip', [g.norm('n1', 'c1', 4), g.number(0), g.number(6)]);
    brevitas(g, 'a1', 'clip', 4, 0, 0, g.number(0.4));
    g.add('c2', 'Conv', ['a1', brevitas(g, 'w2', g.draw([4, 1, 3, 3]), 4, 1, 1, g.draw([4, 1, 1, 1], 0.1, 0.3))], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      group: 4,
    });
    brevitas(g, 'a2', g.add('r2', 'Relu', [g.norm('n2', 'c2', 4)]), 4, 0, 0, g.number(0.31));
    g.add('c3', 'Conv', ['a2', brevitas(g, 'w3', g.draw([6, 4, 1, 1]), 4, 1, 1, g.draw([6, 1, 1, 1], 0.1, 0.3))], {
      kernel_shape: [1, 1],
    });
    brevitas(g, 'a3', g.add('r3', 'Relu', [g.norm('n3', 'c3', 6)]), 4, 0, 0, g.number(0.27));
    g.add('p', 'AveragePool', ['a3'], { kernel_shape: [7, 7], strides: [1, 1] });
    g.add('m', 'Mul', ['p', g.number(49)]);
    g.add('t', 'Trunc', ['m', g.number(0.27), g.number(0), g.number(10), g.number(4)], { rounding_mode: 'FLOOR' });
    g.add('f', 'Reshape', ['t', g.tensor([2], [1, -1], 'int64')]);
    g.add('y', 'Gemm', ['f', brevitas(g, 'w4', g.draw([5, 6]), 4, 1, 1, g.number(0.2)), g.draw([5])], { transB: 1 });
    expectEqual(g.bytes([1, 3, 14, 14], 'y'), 588, 4);
  });

  test('key words: one-dimensional convolutions behind a Reshape of the features', () => {
    const g = new Graph();
    brevitas(g, 'q', 'x', 8, 1, 0, g.number(0.01));
    g.add('u', 'Unsqueeze', ['q', g.tensor([1], [1], 'int64')]);
    g.add('c1', 'Conv', ['u', brevitas(g, 'w1', g.draw([4, 1, 4]), 3, 1, 1, g.number(0.3))], {
      kernel_shape: [4],
      strides: [2],
      pads: [1, 1],
    });
    brevitas(g, 'a1', g.add('r1', 'Relu', [g.norm('n1', 'c1', 4)]), 3, 0, 0, g.number(0.4));
    g.add('c2', 'Conv', ['a1', brevitas(g, 'w2', g.draw([4, 1, 3]), 3, 1, 1, g.number(0.3))], {
      kernel_shape: [3],
      group: 4,
    });
    brevitas(g, 'a2', g.add('r2', 'Relu', [g.norm('n2', 'c2', 4)]), 3, 0, 0, g.number(0.4));
    g.add('gp', 'GlobalMaxPool', ['a2']);
    g.add('sq', 'Squeeze', ['gp', g.tensor([1], [2], 'int64')]);
    g.add('y', 'MatMul', ['sq', brevitas(g, 'w3', g.draw([4, 3]), 3, 1, 1, g.number(0.25))]);
    expectHardware(expectEqual(g.bytes([1, 16], 'y'), 16, 2));
  });
});
