/**
 * Small float models from a seed, for tests of every room. Weights are random, ranges are those of a random walk (three
 * standard deviations), so that lowering has sensible scales to work with.
 */
import { packBits } from '../../src/base/bits.js';
import { Random } from '../../src/base/random.js';
import { elements } from '../../src/model/shapes.js';
import type { BatchNorm, FlexorModel, ModelNode, Padding, Shape, WeightedNode } from '../../src/model/types.js';
import { randomMatrix, sliceCount, tapMatrix } from '../../src/xor/matrix.js';

/** What a node of a tiny model looks like; names are given by position: `conv1`, `pool2`, `dense3`, ... */
export type TinyNode =
  | {
      kind: 'conv';
      channels: number;
      kernel?: readonly [number, number];
      stride?: readonly [number, number];
      padding?: Padding;
      weights?: TinyWeights;
    }
  | { kind: 'dense'; channels: number; weights?: TinyWeights }
  | { kind: 'pool'; kernel?: readonly [number, number]; stride?: readonly [number, number]; padding?: Padding }
  | { kind: 'flatten' };

export interface TinyWeights {
  q?: number;
  nIn?: number;
  nOut?: number;
  /** null: random M⊕. */
  taps?: number | null;
  bias?: boolean;
  batchNorm?: boolean;
  relu?: boolean;
}

export const TINY_NODES: readonly TinyNode[] = [
  { kind: 'conv', channels: 4, kernel: [3, 3], padding: [1, 1, 1, 1], weights: { nIn: 12, nOut: 20, taps: 2 } },
  { kind: 'pool' },
  { kind: 'conv', channels: 6, kernel: [3, 3], weights: { q: 2, nIn: 5, nOut: 7, taps: null, batchNorm: true } },
  { kind: 'flatten' },
  { kind: 'dense', channels: 3, weights: { nIn: 8, nOut: 10, bias: true, relu: false } },
];

/** A model with these nodes (by default: two convolutions, a pooling, a dense layer) on an image of this shape. */
export function tinyModel(
  seed: number,
  nodes: readonly TinyNode[] = TINY_NODES,
  shape: Shape = { height: 8, width: 8, channels: 1 },
): FlexorModel {
  const random = Random.derive(seed, 'tiny-model');
  const built: ModelNode[] = [];
  let at = { shape, deviation: 1, name: 'input' };
  nodes.forEach((node, i) => {
    const made = makeNode(node, `${node.kind}${i + 1}`, at, random);
    built.push(made.node);
    at = { shape: made.shape, deviation: made.deviation, name: made.node.name };
  });
  return {
    name: `tiny-${seed}`,
    input: {
      shape,
      preprocessing: { mean: Array<number>(shape.channels).fill(0.5), std: Array<number>(shape.channels).fill(0.25) },
      range: { min: -2, max: 2 },
    },
    nodes: built,
    output: at.name,
    classes: Array.from({ length: elements(at.shape) }, (_, i) => `class ${i}`),
    provenance: { recipe: 'test', seed, dataset: 'random', testAccuracy: null, testImages: null, notes: '' },
  };
}

/** `count` random images as pixels, NHWC. */
export function tinyPixels(model: FlexorModel, count: number, seed: number): Uint8Array {
  const random = Random.derive(seed, 'tiny-pixels');
  return Uint8Array.from({ length: count * elements(model.input.shape) }, () => random.below(256));
}

interface Stage {
  readonly shape: Shape;
  readonly deviation: number;
  readonly name: string;
}

function makeNode(node: TinyNode, name: string, at: Stage, random: Random): Omit<Stage, 'name'> & { node: ModelNode } {
  const base = { name, input: at.name };
  switch (node.kind) {
    case 'conv':
    case 'pool': {
      const pool = node.kind === 'pool';
      const kernel = node.kernel ?? (pool ? [2, 2] : [3, 3]);
      const stride = node.stride ?? (pool ? [2, 2] : [1, 1]);
      const padding = node.padding ?? [0, 0, 0, 0];
      const sliding = { ...base, kernel, stride, padding };
      const side = (size: number, pad: number, k: number, s: number): number => Math.floor((size + pad - k) / s) + 1;
      const height = side(at.shape.height, padding[0] + padding[2], kernel[0], stride[0]);
      const width = side(at.shape.width, padding[1] + padding[3], kernel[1], stride[1]);
      if (node.kind === 'pool') {
        const shape = { height, width, channels: at.shape.channels };
        return { node: { kind: 'maxPool', ...sliding }, shape, deviation: at.deviation };
      }
      const window = kernel[0] * kernel[1] * at.shape.channels;
      const { deviation, ...weighted } = makeWeighted(node.channels, window, node.weights ?? {}, at.deviation, random);
      return {
        node: { kind: 'conv', ...sliding, ...weighted },
        shape: { height, width, channels: node.channels },
        deviation,
      };
    }
    case 'dense': {
      const window = elements(at.shape);
      const { deviation, ...weighted } = makeWeighted(node.channels, window, node.weights ?? {}, at.deviation, random);
      const shape = { height: 1, width: 1, channels: node.channels };
      return { node: { kind: 'dense', ...base, ...weighted }, shape, deviation };
    }
    case 'flatten': {
      const shape = { height: 1, width: 1, channels: elements(at.shape) };
      return { node: { kind: 'flatten', ...base }, shape, deviation: at.deviation };
    }
  }
}

function makeWeighted(
  outChannels: number,
  window: number,
  { q = 1, nIn = 6, nOut = 10, taps = 2, bias = false, batchNorm = false, relu = true }: TinyWeights,
  inputDeviation: number,
  random: Random,
): Omit<WeightedNode, 'name' | 'input'> & { deviation: number } {
  const planes = Array.from({ length: q }, () => {
    const matrix = taps === null ? randomMatrix(nIn, nOut, random) : tapMatrix(nIn, nOut, taps, random);
    const bits = sliceCount(window * outChannels, matrix) * nIn;
    return {
      matrix,
      encrypted: packBits(Uint8Array.from({ length: bits }, () => random.below(2))),
      alpha: Float32Array.from({ length: outChannels }, () => 0.2 * (0.5 + random.float())),
      encryptedHistogram: null,
    };
  });
  const walk = 0.2 * Math.sqrt(q * window) * inputDeviation;
  const deviation = batchNorm ? 1 : walk;
  return {
    outChannels,
    weights: { planes },
    bias: bias ? normals(outChannels, 0, 0.3 * walk, random) : null,
    batchNorm: batchNorm ? makeBatchNorm(outChannels, walk, random) : null,
    relu,
    range: { min: relu ? 0 : -3 * deviation, max: 3 * deviation },
    deviation,
  };
}

function makeBatchNorm(channels: number, deviation: number, random: Random): BatchNorm {
  return {
    gamma: normals(channels, 1, 0.3, random),
    beta: normals(channels, 0, 0.3, random),
    mean: normals(channels, 0, 0.3 * deviation, random),
    variance: Float32Array.from({ length: channels }, () => deviation ** 2 * (0.5 + random.float())),
    epsilon: 1e-3,
  };
}

function normals(count: number, mean: number, deviation: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => mean + deviation * random.normal());
}
