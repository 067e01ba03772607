/** Standard operators of the executor against onnxruntime, on random tensors. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { numberOf } from '../../src/base/exact.js';
import { readOnnx } from '../../src/onnx/read.js';
import { executeGraph } from '../../src/onnx/execute/run.js';
import { judged } from '../support/onnxruntime.js';
import { onnxBytes } from '../support/onnx-file.js';
import type { WrittenModel, WrittenNode, WrittenTensor } from '../support/onnx-file.js';

interface Case {
  readonly name: string;
  readonly input: readonly number[];
  readonly nodes: readonly WrittenNode[];
  readonly constants?: Readonly<Record<string, readonly number[]>>;
  readonly integers?: Readonly<Record<string, readonly number[]>>;
  readonly opset?: number;
}

/** A case of one node from x to y. */
const one = (
  operator: string,
  input: readonly number[],
  attributes: WrittenNode['attributes'] = {},
  more: Partial<Case> = {},
): Case => ({
  name: `${operator} ${JSON.stringify(attributes)} [${input.join()}]${more.opset === undefined ? '' : ` opset ${more.opset}`}`,
  input,
  nodes: [
    {
      operator,
      inputs: ['x', ...Object.keys(more.constants ?? {}), ...Object.keys(more.integers ?? {})],
      outputs: ['y'],
      attributes,
    },
  ],
  ...more,
});

const image = [1, 4, 7, 6];
const bn = { constants: { s: [4], b: [4], m: [4], v: [4] } };
const CASES: readonly Case[] = [
  ...[
    'Abs',
    'Neg',
    'Relu',
    'Sigmoid',
    'Sign',
    'Tanh',
    'Exp',
    'Identity',
    'Flatten',
    'GlobalAveragePool',
    'GlobalMaxPool',
  ].map((operator) => one(operator, image)),
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'].flatMap((operator) => [
    one(operator, image, {}, { constants: { w: [4, 1, 1] } }),
    one(operator, image, {}, { constants: { w: [2, 4, 7, 1] } }),
  ]),
  one('LeakyRelu', image, { alpha: { float: 0.25 } }),
  one('Clip', image, { min: { float: -0.5 }, max: { float: 0.25 } }, { opset: 6 }),
  one('BatchNormalization', image, { epsilon: { float: 0.01 } }, bn),
  one('MatMul', [3, 5], {}, { constants: { w: [5, 4] } }),
  one('MatMul', [2, 3, 5], {}, { constants: { w: [2, 5, 4] } }),
  one('MatMul', [5], {}, { constants: { w: [5, 4] } }),
  one('Gemm', [3, 5], { transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } }, { constants: { w: [4, 5], c: [4] } }),
  one('Gemm', [5, 3], { transA: 1 }, { constants: { w: [5, 4], c: [3, 1] } }),
  one('Conv', image, { pads: [1, 0, 2, 1], strides: [2, 1] }, { constants: { w: [5, 4, 3, 2], b: [5] } }),
  one('Conv', image, { group: 4, dilations: [2, 1] }, { constants: { w: [8, 1, 3, 3], b: [8] } }),
  one('Conv', image, { group: 2, auto_pad: 'SAME_UPPER', strides: [2, 3] }, { constants: { w: [6, 2, 3, 3] } }),
  one('Conv', image, { auto_pad: 'SAME_LOWER' }, { constants: { w: [3, 4, 2, 4] } }),
  one('Conv', [1, 3, 11], { pads: [2, 1], dilations: [2] }, { constants: { w: [4, 3, 3], b: [4] } }),
  one('MaxPool', image, { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 1, 1, 0] }),
  one('MaxPool', image, { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  one('AveragePool', image, { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 1, 1, 0] }),
  one('AveragePool', image, { kernel_shape: [3, 2], pads: [1, 1, 1, 0], count_include_pad: 1 }),
  one('AveragePool', [1, 2, 9], { kernel_shape: [4], strides: [2] }),
  one('ReduceMean', image, { axes: [2, 3], keepdims: 0 }),
  one('ReduceMean', image, { axes: [-1] }),
  one('Softmax', [3, 4], { axis: 1 }),
  one('Softmax', image, { axis: 1 }, { opset: 11 }),
  one('Softmax', image, { axis: 1 }),
  one('LogSoftmax', [3, 4]),
  one('Transpose', image, { perm: [0, 2, 3, 1] }),
  one('Transpose', [2, 3, 4]),
  one('Reshape', image, {}, { integers: { s: [0, -1, 3] } }),
  one('Squeeze', [1, 3, 1, 2], {}, { integers: { s: [0] } }),
  one('Squeeze', [1, 3, 1, 2], { axes: [2] }, { opset: 11 }),
  one('Unsqueeze', [3, 2], {}, { integers: { s: [-1, 0] } }),
  one('Expand', [3, 1], {}, { integers: { s: [2, 1, 4] } }),
  one('Slice', image, { starts: [1, -3], ends: [3, 100], axes: [1, 3] }, { opset: 9 }),
  {
    name: 'Slice with steps',
    input: image,
    nodes: [{ operator: 'Slice', inputs: ['x', 'a', 'b', 'c', 'd'], outputs: ['y'] }],
    integers: { a: [1, 0], b: [7, 6], c: [2, 3], d: [2, 3] },
  },
  {
    name: 'Clip by inputs',
    input: image,
    nodes: [
      { operator: 'Constant', inputs: [], outputs: ['h'], attributes: { value_float: { float: 0.5 } } },
      { operator: 'Clip', inputs: ['x', '', 'h'], outputs: ['y'] },
    ],
  },
  {
    name: 'Pad',
    input: image,
    nodes: [{ operator: 'Pad', inputs: ['x', 'p'], outputs: ['y'] }],
    integers: { p: [0, 1, 2, 0, 0, 0, 1, 3] },
  },
  {
    name: 'Concat of a tensor with its ReLU and a constant',
    input: image,
    nodes: [
      { operator: 'Relu', inputs: ['x'], outputs: ['r'] },
      { operator: 'Concat', inputs: ['x', 'r', 'w'], outputs: ['y'], attributes: { axis: 1 } },
    ],
    constants: { w: [1, 2, 7, 6] },
  },
  {
    name: 'a chain of Shape, Gather, Unsqueeze, Concat and Reshape',
    input: image,
    nodes: [
      { operator: 'Shape', inputs: ['x'], outputs: ['a'] },
      { operator: 'Gather', inputs: ['a', 'i'], outputs: ['b'], attributes: { axis: 0 } },
      { operator: 'Concat', inputs: ['b', 'k'], outputs: ['c'], attributes: { axis: 0 } },
      { operator: 'Reshape', inputs: ['x', 'c'], outputs: ['y'] },
    ],
    integers: { i: [0], k: [-1] },
  },
  {
    name: 'Gather',
    input: image,
    nodes: [{ operator: 'Gather', inputs: ['x', 'i'], outputs: ['y'], attributes: { axis: 1 } }],
    integers: { i: [3, 0, -1] },
  },
  ...(['ArgMax', 'TopK'] as const).map((operator) => ({
    name: operator,
    input: [2, 5, 3],
    nodes: [
      {
        operator,
        inputs: operator === 'TopK' ? ['x', 'k'] : ['x'],
        outputs: operator === 'TopK' ? ['v', 'y'] : ['y'],
        attributes: { axis: 1 },
      },
    ],
    ...(operator === 'TopK' ? { integers: { k: [3] } } : {}),
  })),
];

test.each(CASES)('$name', async (given) => {
  const random = new Random(given.name.length + 7);
  const uniform = (dims: readonly number[], low: number, high: number): number[] =>
    Array.from({ length: dims.reduce((p, n) => p * n, 1) }, () => Math.fround(low + (high - low) * random.float()));
  const initialisers: WrittenTensor[] = [
    ...Object.entries(given.constants ?? {}).map(([name, dims]) => ({
      name,
      dims,
      values: uniform(dims, name === 'v' ? 0.1 : 0.2, 1.5),
    })),
    ...Object.entries(given.integers ?? {}).map(([name, values]) => ({
      name,
      dims: [values.length],
      values,
      type: 'int64' as const,
    })),
  ];
  const model: WrittenModel = {
    nodes: given.nodes,
    initialisers,
    inputs: [{ name: 'x', dims: given.input }],
    outputs: [{ name: 'y', dims: null }],
    opset: given.opset ?? 13,
  };
  const x = uniform(given.input, -1.5, 1.5);
  const bytes = onnxBytes(withoutOutputShape(model));
  const expected = await judged(bytes, Float32Array.from(x), given.input, 'y');
  const y = executeGraph(readOnnx(bytes, 'test'), new Map([['x', Float64Array.from(x)]]), 'test').get('y')!;
  expect(y.dims).toEqual(expected.dims);
  y.values.forEach((value, i) => {
    expect(Math.abs(value - expected.values[i]!), `element ${i}: ${value} and ${expected.values[i]}`).toBeLessThan(
      1e-5 * (1 + Math.abs(expected.values[i]!)),
    );
    // The exact value lies within the bound that the executor gives.
    expect(Math.abs(numberOf(y.exactAt(i)) - value)).toBeLessThanOrEqual(y.error);
  });
});

/** onnxruntime infers the shape of an output that states none. */
function withoutOutputShape(model: WrittenModel): WrittenModel {
  const integers = ['ArgMax', 'TopK'].includes(model.nodes[0]!.operator);
  return { ...model, outputs: [{ name: 'y', dims: null, type: integers ? 7 : 1 }] };
}
