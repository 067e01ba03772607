/** QONNX operators: hand-computed values, ties that doubles get wrong, and constants. */
import { describe, expect, test } from 'vitest';
import { readOnnx } from '../../src/onnx/read.js';
import { executeGraph } from '../../src/onnx/execute/run.js';
import { onnxBytes, QONNX } from '../support/onnx-file.js';
import type { WrittenAttribute, WrittenNode, WrittenTensor } from '../support/onnx-file.js';

function run(nodes: readonly WrittenNode[], initialisers: readonly WrittenTensor[], dims: number[], x: number[]) {
  const bytes = onnxBytes({ nodes, initialisers, inputs: [{ name: 'x', dims }], outputs: [{ name: 'y', dims: null }] });
  return executeGraph(readOnnx(bytes, 'test'), new Map([['x', Float64Array.from(x)]]), 'test').get('y')!;
}

const scalar = (name: string, value: number): WrittenTensor => ({ name, dims: [], values: [value] });

function quantised(x: number[], scale: number, bits: number, attributes: Readonly<Record<string, WrittenAttribute>>) {
  const nodes = [{ operator: 'Quant', domain: QONNX, inputs: ['x', 's', 'z', 'b'], outputs: ['y'], attributes }];
  return [...run(nodes, [scalar('s', scale), scalar('z', 0), scalar('b', bits)], [1, x.length], x).values];
}

describe('Quant', () => {
  const halves = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5];
  test.each([
    ['ROUND', [-2, -2, 0, 0, 2, 2]],
    ['HALF_EVEN', [-2, -2, 0, 0, 2, 2]],
    ['HALF_UP', [-3, -2, -1, 1, 2, 3]],
    ['HALF_DOWN', [-2, -1, 0, 0, 1, 2]],
    ['CEIL', [-2, -1, 0, 1, 2, 3]],
    ['FLOOR', [-3, -2, -1, 0, 1, 2]],
    ['UP', [-3, -2, -1, 1, 2, 3]],
    ['DOWN', [-2, -1, 0, 0, 1, 2]],
  ])('rounds halves with %s', (rounding_mode, expected) => {
    const got = quantised(halves, 1, 8, { rounding_mode, signed: 1, narrow: 0 });
    expect(got.map((v) => v + 0)).toEqual(expected.map((v) => v + 0));
  });

  test.each([
    [1, 0, [-4, -4, 3]],
    [1, 1, [-3, -3, 3]],
    [0, 0, [0, 0, 7]],
    [0, 1, [0, 0, 6]],
  ])('signed %i, narrow %i clamp to their limits in 3 bits', (signed, narrow, [low, alsoLow, high]) => {
    expect(quantised([-100, -4, 100], 1, 3, { signed, narrow, rounding_mode: 'ROUND' })).toEqual([low, alsoLow, high]);
  });

  test('one signed bit is ±scale, and 0 is +', () => {
    expect(quantised([-3, -0.001, 0, 2], 0.25, 1, { signed: 1, narrow: 0 })).toEqual([-0.25, -0.25, 0.25, 0.25]);
  });

  test('a scale for each channel', () => {
    const nodes = [{ operator: 'Quant', domain: 'onnx.brevitas', inputs: ['x', 's', 'z', 'b'], outputs: ['y'] }];
    const s = { name: 's', dims: [2, 1], values: [0.5, 2] };
    const y = run(nodes, [s, scalar('z', 0), scalar('b', 4)], [2, 2], [0.8, -9, 0.8, -9]);
    expect([...y.values]).toEqual([1, -3.5, 0, -8]);
  });
});

test('BipolarQuant: ±scale, 0 is +', () => {
  const nodes = [{ operator: 'BipolarQuant', domain: QONNX, inputs: ['x', 's'], outputs: ['y'] }];
  expect([...run(nodes, [scalar('s', 0.5)], [4], [-1e-30, 0, -0, 3]).values]).toEqual([-0.5, 0.5, 0.5, 0.5]);
});

test('Trunc with five and with seven inputs', () => {
  const inputs = [scalar('s', 0.5), scalar('z', 0), scalar('i', 6), scalar('o', 4)];
  const x = [7.5, 4, -1.5, -0.5];
  const older = [{ operator: 'Trunc', domain: QONNX, inputs: ['x', 's', 'z', 'i', 'o'], outputs: ['y'] }];
  // The integers 15, 8, −3, −1 lose two bits: 3, 2, −1, −1.
  expect([...run(older, inputs, [4], x).values]).toEqual([1.5, 1, -0.5, -0.5]);
  const newer = [{ operator: 'Trunc', domain: QONNX, inputs: ['x', 's', 'z', 'i', 'p', 'z', 'o'], outputs: ['y'] }];
  expect([...run(newer, [...inputs, scalar('p', 2)], [4], x).values]).toEqual([6, 4, -2, -2]);
});

test('MultiThreshold counts thresholds a channel, equality included', () => {
  const nodes = [
    {
      operator: 'MultiThreshold',
      domain: 'finn.custom_op.general',
      inputs: ['x', 't'],
      outputs: ['y'],
      attributes: { out_scale: { float: 0.5 }, out_bias: { float: -1 } },
    },
  ];
  const t = { name: 't', dims: [2, 3], values: [-1, 0, 1, 10, 20, 30] };
  const y = run(nodes, [t], [1, 2, 1, 3], [-2, 0, 5, 10, 19, 30]);
  expect([...y.values]).toEqual([-1, 0, 0.5, -0.5, -0.5, 0.5]);
});

describe('ties that double arithmetic does not decide', () => {
  /** x·w₁ + x·w₂ + …: with x = 1 the exact sum is exactly 1/2, 3/2 or 0, but partial sums are not exact in doubles. */
  function sum(weights: readonly number[], quantiser: 'Quant' | 'BipolarQuant') {
    const w = { name: 'w', dims: [weights.length, 1], values: weights };
    const inputs = quantiser === 'Quant' ? ['m', 's', 'z', 'b'] : ['m', 's'];
    const nodes = [
      { operator: 'MatMul', inputs: ['x', 'w'], outputs: ['m'] },
      { operator: quantiser, domain: QONNX, inputs, outputs: ['y'] },
    ];
    const constants = [w, scalar('s', 1), scalar('z', 0), scalar('b', 8)];
    return (
      run(
        nodes,
        constants,
        [1, weights.length],
        weights.map(() => 1),
      ).values[0]! + 0
    );
  }
  const tiny = 2 ** -70;

  test('a sum that is a half goes to the even integer, beside it to the nearer one', () => {
    expect(sum([1.5, tiny, -tiny], 'Quant')).toBe(2);
    expect(sum([0.5, tiny, -tiny], 'Quant')).toBe(0);
    expect(sum([0.5, tiny], 'Quant')).toBe(1);
    expect(sum([1.5, -tiny], 'Quant')).toBe(1);
  });

  test('a sum that is 0 is +, one that is less is −', () => {
    expect(sum([1, tiny, -1, -tiny], 'BipolarQuant')).toBe(1);
    expect(sum([1, -tiny, -1], 'BipolarQuant')).toBe(-1);
  });

  test('behind batch norm: an irrational root that cancels, and one that does not', () => {
    const one = (name: string, value: number): WrittenTensor => ({ name, dims: [1], values: [value] });
    const nodes = (bias: number, mean: number) => {
      const constants = [one('g', 3), one('c', bias), one('m', mean), one('v', 2), scalar('s', 1)];
      const bn = { operator: 'BatchNormalization', attributes: { epsilon: { float: 0 } } };
      return run(
        [
          { ...bn, inputs: ['x', 'g', 'c', 'm', 'v'], outputs: ['n'] },
          { operator: 'BipolarQuant', domain: QONNX, inputs: ['n', 's'], outputs: ['y'] },
        ],
        constants,
        [1, 1],
        [5],
      ).values[0];
    };
    expect(nodes(0, 5)).toBe(1);
    expect(nodes(-tiny, 5)).toBe(-1);
    expect(nodes(0, 5 + 2 ** -20)).toBe(-1);
  });
});

test('constants that standard operators compute are float32, integers times a scale stay exact', () => {
  const y = run(
    [
      { operator: 'Div', inputs: ['a', 'b'], outputs: ['c'] },
      { operator: 'Quant', domain: QONNX, inputs: ['w', 'b3', 'z', 'bits'], outputs: ['q'] },
      { operator: 'Concat', inputs: ['x', 'c', 'q'], outputs: ['y'], attributes: { axis: 0 } },
    ],
    [
      { name: 'a', dims: [1], values: [1] },
      { name: 'b', dims: [1], values: [3] },
      { name: 'w', dims: [1], values: [0.7] },
      scalar('b3', Math.fround(0.1)),
      scalar('z', 0),
      scalar('bits', 8),
    ],
    [1],
    [0],
  );
  expect([...y.values]).toEqual([0, Math.fround(1 / 3), 7 * Math.fround(0.1)]);
});
