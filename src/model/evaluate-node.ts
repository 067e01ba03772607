/**
 * One node of a float model as a function of its inputs, compiled once for many images. Activations are single precision,
 * everything within a node is double precision. Tensors are NHWC, one image.
 */
import { unpackBits } from '../base/bits.js';
import { invariant } from '../base/errors.js';
import { decrypt, sliceCount } from '../xor/matrix.js';
import { elements, windowSize } from '../graph/shapes.js';
import type { Shape, Sliding } from '../graph/types.js';
import { POINT_WINDOW } from '../graph/window.js';
import { Chain } from './chain.js';
import { activationStages } from './exact-tensors.js';
import { StepFunction } from './quantiser.js';
import type {
  ActivationNode,
  AddNode,
  AvgPoolNode,
  BinaryCodes,
  CodePlane,
  ConvNode,
  DenseNode,
  FloatWeights,
  IntWeights,
  MaxPoolNode,
  ModelNode,
  SubsampleNode,
} from './types.js';
import { compileFloatSums, compileWindowSums } from './window-sums.js';
import type { WindowGeometry, WindowSums } from './window-sums.js';

/** Computes a node's output from its inputs. */
export type Stage = (inputs: readonly Float32Array[], output: Float32Array) => void;

/** Numbers of a tensor, in single or double precision. */
type Numbers = Float32Array | Float64Array;

/** Compiles a node for inputs and an output of these shapes. A quantiser takes what comes out of the node. */
export function compileNode(node: ModelNode, inputs: readonly Shape[], output: Shape): Stage {
  const stage = compileUnquantised(node, inputs, output);
  if (!('quantiser' in node) || node.quantiser === undefined) return stage;
  const { scale } = node.quantiser;
  const steps = new StepFunction(node.quantiser);
  return (values, result) => {
    stage(values, result);
    for (let i = 0; i < result.length; i++) result[i] = steps.integer(result[i]!) * scale;
  };
}

function compileUnquantised(node: ModelNode, inputs: readonly Shape[], output: Shape): Stage {
  switch (node.kind) {
    case 'conv':
    case 'dense':
      return compileWeighted(node, inputs[0]!, output);
    case 'activation':
      return compileActivation(node, output);
    case 'add':
      return ([a, b], result) => add(node, a!, b!, result);
    default:
      return evaluatePlain(node, inputs, output, 'mean');
  }
}

/** Nodes that only move, compare or add elements. Average pools give the mean, or the sum, which integers stay integers in. */
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

function geometryOf(node: ConvNode | DenseNode, input: Shape, output: Shape): WindowGeometry {
  if (node.kind === 'conv') return { ...node, input, outHeight: output.height, outWidth: output.width };
  const flat = { height: 1, width: 1, channels: elements(input) };
  return { ...POINT_WINDOW, input: flat, outHeight: 1, outWidth: 1 };
}

/** Σ k·a of a layer whose weights are integers k times a scale of their channel; the scales are left out. */
export function compileProducts(node: ConvNode | DenseNode, input: Shape, output: Shape): WindowSums {
  const { weights, outChannels } = node;
  const geometry = geometryOf(node, input, output);
  invariant(weights.encoding !== 'float', `${node.name} has no integer weights`);
  if (weights.encoding === 'int') {
    return compileFloatSums(Float32Array.from(weights.values), outChannels, geometry);
  }
  const ones = new Float32Array(outChannels).fill(1);
  const planes = weights.planes.map((plane) => ({ ...plane, alpha: ones }));
  return compileCodes({ encoding: 'xor', planes }, outChannels, windowSize(node, input), geometry);
}

/** Batch norm and clamp, element by element. */
function compileActivation(node: ActivationNode, { channels }: Shape): Stage {
  const chain = new Chain(activationStages(node), channels);
  const x = { value: 0, error: 0 };
  return ([values], result) => {
    for (let i = 0; i < result.length; i++) {
      x.value = values![i]!;
      chain.apply(x, i % channels);
      result[i] = x.value;
    }
  };
}

/** Bias and batch norm as y·scale + offset per channel, then ReLU. */
function compileWeighted(node: ConvNode | DenseNode, input: Shape, output: Shape): Stage {
  const { outChannels, relu, weights } = node;
  const geometry = geometryOf(node, input, output);
  const products =
    weights.encoding !== 'xor'
      ? compileFloatSums(weightValues(weights, outChannels), outChannels, geometry)
      : compileCodes(weights, outChannels, windowSize(node, input), geometry);
  const sums = new Float64Array(geometry.outHeight * geometry.outWidth * outChannels);
  const { scale, offset } = foldBatchNorm(node);
  return ([values], result) => {
    sums.fill(0);
    products(values!, sums);
    for (let to = 0; to < sums.length; to += outChannels) {
      for (let c = 0; c < outChannels; c++) {
        const y = sums[to + c]! * scale[c]! + offset[c]!;
        result[to + c] = relu && y < 0 ? 0 : y;
      }
    }
  };
}

/** Real values of weights that are stored as numbers. */
function weightValues(weights: FloatWeights | IntWeights, outChannels: number): Float32Array {
  if (weights.encoding === 'float') return weights.values;
  return Float32Array.from(weights.values, (k, f) => k * weights.scale[f % outChannels]!);
}

/** Σ_i α_i·Σ b_i·a: all planes are channels of one binary layer, α follows per output channel. */
function compileCodes(
  { planes }: BinaryCodes,
  outChannels: number,
  window: number,
  geometry: WindowGeometry,
): WindowSums {
  if (geometry.groups > 1) return compileGroupedCodes(planes, outChannels, window, geometry);
  const channels = planes.length * outChannels;
  const windowSums = compileWindowSums(joinPlanes(planes, outChannels, window), channels, geometry);
  const planeSums = new Float64Array(geometry.outHeight * geometry.outWidth * channels);
  return (values, sums) => {
    planeSums.fill(0);
    windowSums(values, planeSums);
    for (let to = 0, from = 0; to < sums.length; to += outChannels) {
      for (const { alpha } of planes) {
        for (let c = 0; c < outChannels; c++) sums[to + c]! += alpha[c]! * planeSums[from++]!;
      }
    }
  };
}

/** The same with groups, plane by plane. */
function compileGroupedCodes(
  planes: readonly CodePlane[],
  outChannels: number,
  window: number,
  geometry: WindowGeometry,
): WindowSums {
  const parts = planes.map((plane) => ({
    alpha: plane.alpha,
    windowSums: compileFloatSums(
      Float32Array.from(planeCodes(plane, window * outChannels), (bit) => 2 * bit - 1),
      outChannels,
      geometry,
    ),
  }));
  const planeSums = new Float64Array(geometry.outHeight * geometry.outWidth * outChannels);
  return (values, sums) => {
    for (const { alpha, windowSums } of parts) {
      planeSums.fill(0);
      windowSums(values, planeSums);
      for (let i = 0; i < sums.length; i++) sums[i]! += alpha[i % outChannels]! * planeSums[i]!;
    }
  };
}

/** Decrypted codes of all planes side by side: [v][plane][c]. */
function joinPlanes(planes: readonly CodePlane[], outChannels: number, window: number): Uint8Array {
  const channels = planes.length * outChannels;
  const joined = new Uint8Array(window * channels);
  planes.forEach((plane, i) => {
    const codes = planeCodes(plane, window * outChannels);
    for (let v = 0; v < window; v++) {
      joined.set(codes.subarray(v * outChannels, (v + 1) * outChannels), v * channels + i * outChannels);
    }
  });
  return joined;
}

/** The decrypted weight bits of a plane, one 0/1 per element, index v·C_out + c. */
export function planeCodes({ matrix, encrypted }: CodePlane, weights: number): Uint8Array {
  return decrypt(unpackBits(encrypted, sliceCount(weights, matrix) * matrix.nIn), matrix, weights);
}

function foldBatchNorm({ outChannels, bias, batchNorm }: ConvNode | DenseNode): {
  scale: Float64Array;
  offset: Float64Array;
} {
  const scale = new Float64Array(outChannels).fill(1);
  const offset = Float64Array.from(bias ?? new Float64Array(outChannels));
  if (batchNorm !== null) {
    const { gamma, beta, mean, variance, epsilon } = batchNorm;
    for (let c = 0; c < outChannels; c++) {
      scale[c] = gamma[c]! / Math.sqrt(variance[c]! + epsilon);
      offset[c] = (offset[c]! - mean[c]!) * scale[c]! + beta[c]!;
    }
  }
  return { scale, offset };
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

function add({ relu }: AddNode, a: Float32Array, b: Float32Array, result: Float32Array): void {
  for (let i = 0; i < result.length; i++) {
    const sum = a[i]! + b[i]!;
    result[i] = relu && sum < 0 ? 0 : sum;
  }
}
