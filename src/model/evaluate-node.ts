/**
 * One node of a float model as a function of its inputs, compiled once for many images. Activations are single precision,
 * everything within a node is double precision. Tensors are NHWC, one image.
 */
import { unpackBits } from '../base/bits.js';
import { invariant } from '../base/errors.js';
import { decrypt, sliceCount } from '../xor/matrix.js';
import { elementCount, windowSize } from '../graph/shapes.js';
import type { Shape } from '../graph/types.js';
import { POINT_WINDOW } from '../graph/window.js';
import { Chain } from './chain.js';
import { activationStages } from './exact-tensors.js';
import { evaluatePlain } from './evaluate-plain.js';
import { StepFunction } from './quantiser.js';
import type {
  ActivationNode,
  AddNode,
  BinaryCodes,
  CodePlane,
  ConvNode,
  DenseNode,
  FloatWeights,
  IntWeights,
  ModelNode,
} from './types.js';
import { compileFloatSums, compileWindowSums } from './window-sums.js';
import type { WindowGeometry, WindowSums } from './window-sums.js';

/** Computes a node's output from its inputs. */
export type Stage = (inputs: readonly Float32Array[], output: Float32Array) => void;

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

function geometryOf(node: ConvNode | DenseNode, input: Shape, output: Shape): WindowGeometry {
  if (node.kind === 'conv') return { ...node, input, outHeight: output.height, outWidth: output.width };
  const flat = { height: 1, width: 1, channels: elementCount(input) };
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

function add({ relu }: AddNode, a: Float32Array, b: Float32Array, result: Float32Array): void {
  for (let i = 0; i < result.length; i++) {
    const sum = a[i]! + b[i]!;
    result[i] = relu && sum < 0 ? 0 : sum;
  }
}
