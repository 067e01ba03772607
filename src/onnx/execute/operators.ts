/** The operators that are executed, by domain and name: the only list of them. */
import { QONNX_DOMAIN } from '../read.js';
import type { OnnxNode } from '../types.js';
import type { Operator } from './context.js';
import { absolute, binary, clip, leakyRelu, negate, power, relu, sign, transcendental } from './elementwise.js';
import { batchNormalization, conv, gemm, matMul } from './linear.js';
import {
  argMax,
  averagePool,
  globalAveragePool,
  globalMaxPool,
  maxPool,
  reduceMean,
  softmax,
  topK,
} from './pooling.js';
import { bipolarQuant, multiThreshold, quant, trunc } from './quantisers.js';
import * as shapes from './shape-operators.js';

const STANDARD: Readonly<Record<string, Operator>> = {
  Abs: absolute,
  Add: binary('Add'),
  ArgMax: argMax,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: shapes.cast,
  Clip: clip,
  Concat: shapes.concat,
  Constant: shapes.constant,
  ConstantOfShape: shapes.constantOfShape,
  Conv: conv,
  Div: binary('Div'),
  Dropout: shapes.dropout,
  Exp: transcendental(Math.exp),
  Expand: shapes.expand,
  Flatten: shapes.flatten,
  Gather: shapes.gather,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Identity: shapes.identity,
  LeakyRelu: leakyRelu,
  LogSoftmax: softmax(true),
  MatMul: matMul,
  Max: binary('Max'),
  MaxPool: maxPool,
  Min: binary('Min'),
  Mul: binary('Mul'),
  Neg: negate,
  Pad: shapes.pad,
  Pow: power,
  Reciprocal: transcendental((x) => 1 / x),
  ReduceMean: reduceMean,
  Relu: relu,
  Reshape: shapes.reshape,
  Shape: shapes.shape,
  Sigmoid: transcendental((x) => 1 / (1 + Math.exp(-x))),
  Sign: sign,
  Slice: shapes.slice,
  Softmax: softmax(false),
  Sqrt: transcendental(Math.sqrt),
  Squeeze: shapes.squeeze,
  Sub: binary('Sub'),
  Tanh: transcendental(Math.tanh),
  TopK: topK,
  Transpose: shapes.transpose,
  Unsqueeze: shapes.unsqueeze,
};

const QUANTISERS: Readonly<Record<string, Operator>> = {
  BipolarQuant: bipolarQuant,
  IntQuant: quant,
  MultiThreshold: multiThreshold,
  Quant: quant,
  Trunc: trunc,
};

/** The implementation of a node's operator, null where there is none. */
export function operatorOf({ domain, operator }: OnnxNode): Operator | null {
  const table = domain === QONNX_DOMAIN ? QUANTISERS : STANDARD;
  return Object.hasOwn(table, operator) ? table[operator]! : null;
}

export function isQuantiser({ domain }: OnnxNode): boolean {
  return domain === QONNX_DOMAIN;
}
