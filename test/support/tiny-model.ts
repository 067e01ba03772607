/**
 * Small float models from a seed, for tests of every room. Weights are random, ranges are those of a random walk (three
 * standard deviations), so that lowering has sensible scales to work with.
 */
import { packBits } from '../../src/base/bits.js';
import { Random } from '../../src/base/random.js';
import { elementCount } from '../../src/graph/shapes.js';
import { slidingOutput, UNDILATED } from '../../src/graph/window.js';
import type { Pair, Padding, Shape } from '../../src/graph/types.js';
import type { BatchNorm, CodePlane, FlexorModel, ModelNode, WeightedNode } from '../../src/model/types.js';
import { randomMatrix, sliceCount, tapMatrix } from '../../src/xor/matrix.js';

/**
 * What a node of a tiny model looks like; names are given by position: `conv1`, `pool2`, `dense3`, ... It reads the node
 * before it, or the one that `from` names.
 */
export type TinyNode = { from?: string } & TinyKind;

type TinyKind =
  | {
      kind: 'conv';
      channels: number;
      kernel?: readonly [number, number];
      stride?: readonly [number, number];
      padding?: Padding;
      dilation?: Pair;
      groups?: number;
      weights?: TinyWeights;
    }
  | { kind: 'dense'; channels: number; weights?: TinyWeights }
  | {
      kind: 'pool' | 'average';
      kernel?: readonly [number, number];
      stride?: readonly [number, number];
      padding?: Padding;
    }
  | { kind: 'subsample'; stride?: readonly [number, number]; channelPadding?: readonly [number, number] }
  /** `with`: the second of the two tensors that are added. */
  | { kind: 'add'; with: string; relu?: boolean }
  /** `with`: what is put behind the tensor that it reads. */
  | { kind: 'concat'; with: readonly string[] }
  | { kind: 'flatten' };

export interface TinyWeights {
  /** Full precision: q, N_in, N_out and taps do not matter. */
  float?: boolean;
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

/** Residual blocks: an identity, an option-A shortcut and a 1×1 projection; first and last layer at full precision. */
export const RESIDUAL_NODES: readonly TinyNode[] = [
  { kind: 'conv', channels: 4, padding: [1, 1, 1, 1], weights: { float: true, batchNorm: true } },
  { kind: 'conv', channels: 4, padding: [1, 1, 1, 1], weights: { batchNorm: true } },
  { kind: 'conv', channels: 4, padding: [1, 1, 1, 1], weights: { batchNorm: true, relu: false } },
  { kind: 'add', with: 'conv1' },
  { kind: 'conv', channels: 6, stride: [2, 2], padding: [1, 1, 1, 1], weights: { batchNorm: true, relu: false } },
  { kind: 'subsample', from: 'add4', stride: [2, 2], channelPadding: [1, 1] },
  { kind: 'add', from: 'conv5', with: 'subsample6' },
  { kind: 'conv', channels: 4, kernel: [1, 1], weights: { q: 2, batchNorm: true, relu: false } },
  { kind: 'conv', channels: 4, from: 'add7', padding: [1, 1, 1, 1], weights: { batchNorm: true, relu: false } },
  { kind: 'add', with: 'conv8' },
  { kind: 'average', kernel: [4, 4], stride: [1, 1] },
  { kind: 'dense', channels: 3, weights: { float: true, bias: true, relu: false } },
];

/** Depthwise, grouped and dilated convolutions, and a concatenation of three ranges, one of them signed. */
export const SPREAD_NODES: readonly TinyNode[] = [
  { kind: 'conv', channels: 4, padding: [1, 1, 1, 1], weights: { batchNorm: true } },
  { kind: 'conv', channels: 4, padding: [1, 1, 1, 1], groups: 4, weights: { q: 2, batchNorm: true } },
  {
    ...{ kind: 'conv', from: 'conv1', channels: 6, padding: [2, 2, 2, 2], dilation: [2, 2], groups: 2 },
    weights: { relu: false },
  },
  { kind: 'concat', with: ['conv2', 'conv1'] },
  { kind: 'pool' },
  { kind: 'dense', channels: 3, weights: { relu: false } },
];

/** A model with these nodes (by default: two convolutions, a pooling, a dense layer) on an image of this shape. */
export function tinyModel(
  seed: number,
  nodes: readonly TinyNode[] = TINY_NODES,
  shape: Shape = { height: 8, width: 8, channels: 1 },
): FlexorModel {
  const random = Random.derive(seed, 'tiny-model');
  const built: ModelNode[] = [];
  let at: Stage = { shape, deviation: 1, name: 'input' };
  const stages = new Map([[at.name, at]]);
  nodes.forEach((node, i) => {
    const from = node.from === undefined ? at : stages.get(node.from)!;
    const made = makeNode(node, `${node.kind}${i + 1}`, from, stages, random);
    built.push(made.node);
    at = { shape: made.shape, deviation: made.deviation, name: made.node.name };
    stages.set(at.name, at);
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
    classes: Array.from({ length: elementCount(at.shape) }, (_, i) => `class ${i}`),
    provenance: { recipe: 'test', seed, dataset: 'random', testAccuracy: null, testImages: null, notes: '' },
  };
}

/** `count` random images as pixels, NHWC. */
export function tinyPixels(model: FlexorModel, count: number, seed: number): Uint8Array {
  const random = Random.derive(seed, 'tiny-pixels');
  return Uint8Array.from({ length: count * elementCount(model.input.shape) }, () => random.below(256));
}

/** The planes of binary codes of a node; a node without any is a mistake of the test. */
export function codePlanes(node: ModelNode | undefined): readonly CodePlane[] {
  if (node === undefined || !('weights' in node) || node.weights.encoding !== 'xor') {
    throw new Error(`${node?.name} has no binary codes`);
  }
  return node.weights.planes;
}

interface Stage {
  readonly shape: Shape;
  readonly deviation: number;
  readonly name: string;
}

type Made = Omit<Stage, 'name'> & { node: ModelNode };

function makeNode(node: TinyNode, name: string, at: Stage, stages: ReadonlyMap<string, Stage>, random: Random): Made {
  const base = { name, input: at.name };
  switch (node.kind) {
    case 'subsample': {
      const { stride = [1, 1], channelPadding = [0, 0] } = node;
      const channels = channelPadding[0] + at.shape.channels + channelPadding[1];
      const shape = {
        height: Math.ceil(at.shape.height / stride[0]),
        width: Math.ceil(at.shape.width / stride[1]),
        channels,
      };
      return { node: { kind: 'subsample', ...base, stride, channelPadding }, shape, deviation: at.deviation };
    }
    case 'add': {
      const { relu = true } = node;
      const deviation = Math.hypot(at.deviation, stages.get(node.with)!.deviation);
      const range = { min: relu ? 0 : -3 * deviation, max: 3 * deviation };
      return { node: { kind: 'add', name, inputs: [at.name, node.with], relu, range }, shape: at.shape, deviation };
    }
    case 'concat': {
      const parts = [at, ...node.with.map((name) => stages.get(name)!)];
      const shape = { ...at.shape, channels: parts.reduce((sum, part) => sum + part.shape.channels, 0) };
      const deviation = Math.max(...parts.map((part) => part.deviation));
      return { node: { kind: 'concat', name, inputs: parts.map((part) => part.name) }, shape, deviation };
    }
    case 'conv':
    case 'pool':
    case 'average': {
      const pool = node.kind !== 'conv';
      const kernel = node.kernel ?? (pool ? [2, 2] : [3, 3]);
      const stride = node.stride ?? (pool ? [2, 2] : [1, 1]);
      const padding = node.padding ?? [0, 0, 0, 0];
      const sliding = { ...base, kernel, stride, padding };
      const dilation = (node.kind === 'conv' ? node.dilation : undefined) ?? UNDILATED;
      const { height, width } = slidingOutput(at.shape, { kernel, stride, padding, dilation });
      if (node.kind !== 'conv') {
        const shape = { height, width, channels: at.shape.channels };
        const kind = node.kind === 'pool' ? 'maxPool' : 'avgPool';
        return { node: { kind, ...sliding }, shape, deviation: at.deviation };
      }
      const { groups = 1 } = node;
      const window = (kernel[0] * kernel[1] * at.shape.channels) / groups;
      const { deviation, ...weighted } = makeWeighted(node.channels, window, node.weights ?? {}, at.deviation, random);
      return {
        node: { kind: 'conv', ...sliding, dilation, groups, ...weighted },
        shape: { height, width, channels: node.channels },
        deviation,
      };
    }
    case 'dense': {
      const window = elementCount(at.shape);
      const { deviation, ...weighted } = makeWeighted(node.channels, window, node.weights ?? {}, at.deviation, random);
      const shape = { height: 1, width: 1, channels: node.channels };
      return { node: { kind: 'dense', ...base, ...weighted }, shape, deviation };
    }
    case 'flatten': {
      const shape = { height: 1, width: 1, channels: elementCount(at.shape) };
      return { node: { kind: 'flatten', ...base }, shape, deviation: at.deviation };
    }
  }
}

function makeWeighted(
  outChannels: number,
  window: number,
  { float = false, q = 1, nIn = 6, nOut = 10, taps = 2, bias = false, batchNorm = false, relu = true }: TinyWeights,
  inputDeviation: number,
  random: Random,
): Omit<WeightedNode, 'name' | 'input'> & { deviation: number } {
  const planes = Array.from({ length: float ? 0 : q }, () => {
    const matrix = taps === null ? randomMatrix(nIn, nOut, random) : tapMatrix(nIn, nOut, taps, random);
    const bits = sliceCount(window * outChannels, matrix) * nIn;
    return {
      matrix,
      encrypted: packBits(Uint8Array.from({ length: bits }, () => random.below(2))),
      alpha: Float32Array.from({ length: outChannels }, () => 0.2 * (0.5 + random.float())),
      encryptedHistogram: null,
    };
  });
  const walk = 0.2 * Math.sqrt((float ? 1 : q) * window) * inputDeviation;
  const deviation = batchNorm ? 1 : walk;
  return {
    outChannels,
    weights: float
      ? { encoding: 'float', values: normals(window * outChannels, 0, 0.2, random) }
      : { encoding: 'xor', planes },
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
