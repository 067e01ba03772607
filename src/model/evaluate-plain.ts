/** Nodes without numbers of their own: pools, and what only moves elements. Tensors are NHWC, one image. */
import { invariant } from '../base/errors.js';
import type { Shape, Sliding } from '../graph/types.js';
import type {
  ActivationNode,
  AddNode,
  AvgPoolNode,
  ConvNode,
  DenseNode,
  MaxPoolNode,
  ModelNode,
  SubsampleNode,
} from './types.js';

/** Numbers of a tensor, in single or double precision. */
type Numbers = Float32Array | Float64Array;

/** Compiles a node that only moves, compares or adds elements. Average pools give the mean, or the sum, which integers stay integers in. */
export function evaluatePlain(
  node: Exclude<ModelNode, ConvNode | DenseNode | ActivationNode | AddNode>,
  inputs: readonly Shape[],
  output: Shape,
  average: 'mean' | 'sum',
): (values: readonly Numbers[], result: Numbers) => void {
  const input = inputs[0]!;
  switch (node.kind) {
    case 'maxPool':
      return ([values], result) => maxPool(node, input, output, values!, result);
    case 'avgPool':
      return ([values], result) => avgPool(node, input, output, values!, result, average);
    case 'subsample':
      return ([values], result) => subsample(node, input, output, values!, result);
    case 'concat':
      return (values, result) => concatenate(inputs, values, result);
    case 'flatten':
      return ([values], result) => result.set(values!);
  }
}

/** Calls back with every output pixel and every input pixel that its window covers, as offsets into the tensors. */
function eachCovered(
  { kernel, stride, padding }: Sliding,
  input: Shape,
  output: Shape,
  visit: (to: number, from: number) => void,
): void {
  invariant(output.channels === input.channels, 'pooling keeps the channels');
  for (let oy = 0, to = 0; oy < output.height; oy++) {
    for (let ox = 0; ox < output.width; ox++, to += output.channels) {
      const top = oy * stride[0] - padding[0];
      const left = ox * stride[1] - padding[1];
      for (let y = Math.max(0, top); y < Math.min(input.height, top + kernel[0]); y++) {
        for (let x = Math.max(0, left); x < Math.min(input.width, left + kernel[1]); x++) {
          visit(to, (y * input.width + x) * input.channels);
        }
      }
    }
  }
}

/** Maximum of every window; elements of the padding never win. */
function maxPool(node: MaxPoolNode, input: Shape, output: Shape, values: Numbers, result: Numbers): void {
  result.fill(-Infinity);
  eachCovered(node, input, output, (to, from) => {
    for (let c = 0; c < input.channels; c++) {
      if (values[from + c]! > result[to + c]!) result[to + c] = values[from + c]!;
    }
  });
}

/** Mean (or sum) of every window; elements of the padding are zeros that count. */
function avgPool(
  node: AvgPoolNode,
  input: Shape,
  output: Shape,
  values: Numbers,
  result: Numbers,
  average: 'mean' | 'sum',
): void {
  const sums = new Float64Array(result.length);
  eachCovered(node, input, output, (to, from) => {
    for (let c = 0; c < input.channels; c++) sums[to + c]! += values[from + c]!;
  });
  const count = average === 'sum' ? 1 : node.kernel[0] * node.kernel[1];
  for (let i = 0; i < result.length; i++) result[i] = sums[i]! / count;
}

function subsample(node: SubsampleNode, input: Shape, output: Shape, values: Numbers, result: Numbers): void {
  const [before] = node.channelPadding;
  result.fill(0);
  for (let y = 0, to = before; y < output.height; y++) {
    for (let x = 0; x < output.width; x++, to += output.channels) {
      const from = (y * node.stride[0] * input.width + x * node.stride[1]) * input.channels;
      result.set(values.subarray(from, from + input.channels), to);
    }
  }
}

/** The channels of each input behind those of the one before, pixel by pixel. */
function concatenate(shapes: readonly Shape[], inputs: readonly Numbers[], result: Numbers): void {
  const channels = shapes.reduce((sum, shape) => sum + shape.channels, 0);
  let first = 0;
  for (const [i, values] of inputs.entries()) {
    const width = shapes[i]!.channels;
    for (let from = 0, to = first; from < values.length; from += width, to += channels) {
      result.set(values.subarray(from, from + width), to);
    }
    first += width;
  }
}
