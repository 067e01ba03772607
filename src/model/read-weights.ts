/** The weights of a layer in a `.flexor` file (docs/format.md): sizes of their tensors, and their values in stored order. */
import { packedBytes, unpackBits } from '../base/bits.js';
import { windowSize } from '../graph/shapes.js';
import type { ConvWindow, Shape } from '../graph/types.js';
import { UNDILATED } from '../graph/window.js';
import { sliceCount } from '../xor/matrix.js';
import type { IntWeightsDocument, NodeDocument, XorWeightsDocument } from './schema.js';
import type { TensorReader } from './tensors.js';
import type { LayerWeights } from './types.js';

type WeightedDocument = Extract<NodeDocument, { kind: 'conv' | 'dense' }>;

/** What a convolution may leave out. */
export function dilationAndGroups({ dilation, groups }: ConvDocument): Pick<ConvWindow, 'dilation' | 'groups'> {
  return { dilation: dilation ?? UNDILATED, groups: groups ?? 1 };
}

type ConvDocument = Extract<NodeDocument, { kind: 'conv' }>;

/** Sizes of the tensors of a layer's weights; `input`: shape of the node's input. */
export function checkWeightTensors(node: WeightedDocument, input: Shape, tensors: TensorReader): void {
  const { outChannels, weights } = node;
  const count = weightCount(node, input);
  if (weights.encoding === 'float') tensors.check(weights.values, 'F32', [count]);
  else if (weights.encoding === 'int') checkIntTensors(weights, count, outChannels, tensors);
  else checkPlanes(weights, count, outChannels, tensors);
}

function checkIntTensors(
  { planes, scale }: IntWeightsDocument,
  weights: number,
  outChannels: number,
  tensors: TensorReader,
): void {
  for (const plane of planes) tensors.check(plane, 'U8', [packedBytes(weights)]);
  tensors.check(scale, 'F32', [outChannels]);
}

function checkPlanes(
  { nIn, nOut, planes }: XorWeightsDocument,
  weights: number,
  outChannels: number,
  tensors: TensorReader,
): void {
  const slices = sliceCount(weights, { nIn, nOut, bits: new Uint8Array() });
  for (const plane of planes) {
    tensors.check(plane.matrix, 'U8', [nOut, nIn]);
    tensors.check(plane.encrypted, 'U8', [packedBytes(slices * nIn)]);
    tensors.check(plane.alpha, 'F32', [outChannels]);
  }
}

/** The weights themselves; `input`: shape of the node's input. */
export function readWeights(node: WeightedDocument, input: Shape, tensors: TensorReader): LayerWeights {
  const { weights } = node;
  if (weights.encoding === 'float') {
    const values = tensors.floats(weights.values);
    return { encoding: 'float', values: weights.order === 'oihw' ? hwioOf(values, node, input) : values };
  }
  if (weights.encoding === 'int') {
    const { bits, planes } = weights;
    const count = weightCount(node, input);
    const values = new Int32Array(count);
    for (const [i, plane] of planes.entries()) {
      // The highest bit of two's complement counts negative.
      const weight = i === bits - 1 ? -(2 ** i) : 2 ** i;
      for (const [f, bit] of unpackBits(tensors.bytes(plane), count).entries()) values[f]! += bit * weight;
    }
    return {
      encoding: 'int',
      bits,
      values: weights.order === 'oihw' ? hwioOf(values, node, input) : values,
      scale: tensors.floats(weights.scale),
    };
  }
  return {
    encoding: 'xor',
    ...(weights.nominalNIn === undefined ? {} : { nominalNIn: weights.nominalNIn }),
    planes: weights.planes.map(({ matrix, encrypted, alpha, encryptedHistogram }) => ({
      matrix: tensors.matrix(matrix),
      encrypted: tensors.bytes(encrypted),
      alpha: tensors.floats(alpha),
      encryptedHistogram: encryptedHistogram ?? null,
    })),
  };
}

function weightCount(node: WeightedDocument, input: Shape): number {
  return windowSize(node.kind === 'conv' ? { ...node, ...dilationAndGroups(node) } : node, input) * node.outChannels;
}

/**
 * Weights in the order of [C_out, C_in/G, k_h, k_w], or [C_out, C, H, W] of a dense layer over an image, as PyTorch has
 * them, brought into the order v·C_out + c.
 */
function hwioOf<T extends Float32Array | Int32Array>(values: T, node: WeightedDocument, input: Shape): T {
  const { outChannels } = node;
  const window = values.length / outChannels;
  const [height, width] = node.kind === 'conv' ? node.kernel : [input.height, input.width];
  const channels = window / (height * width);
  const ordered = values.slice() as T;
  let from = 0;
  for (let c = 0; c < outChannels; c++) {
    for (let ci = 0; ci < channels; ci++) {
      for (let pixel = 0; pixel < height * width; pixel++) {
        ordered[(pixel * channels + ci) * outChannels + c] = values[from++]!;
      }
    }
  }
  return ordered;
}
