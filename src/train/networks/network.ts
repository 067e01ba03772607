/** What a network looks like to training: a graph of layers, each named and reading others by name. NHWC. */
import { FlexorError, invariant } from '../../base/errors.js';
import type { Padding, Shape } from '../../model/types.js';

/** Name by which a layer reads the images. */
export const NETWORK_INPUT = 'input';

interface LayerBase {
  readonly name: string;
  /** Name of the layer whose output this one reads, or NETWORK_INPUT. */
  readonly input: string;
}

interface Window {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly padding: Padding;
}

/** What convolution and dense layers share: weights → bias or batch norm → ReLU. */
interface WeightedBase extends LayerBase {
  readonly outChannels: number;
  /** Layer group whose options (weights, N_in, N_out) hold; null: full precision whatever the options say. */
  readonly group: number | null;
  readonly bias: boolean;
  readonly batchNorm: boolean;
  readonly relu: boolean;
}

export interface ConvSpec extends WeightedBase, Window {
  readonly kind: 'conv';
}

export interface DenseSpec extends WeightedBase {
  readonly kind: 'dense';
}

/** Padded elements never win a maximum; they count as zeros in a mean. */
export interface PoolSpec extends LayerBase, Window {
  readonly kind: 'maxPool' | 'avgPool';
}

/** Option-A shortcut (He et al., 2016): keeps every stride-th pixel, zero channels come in before and after. */
export interface SubsampleSpec extends LayerBase {
  readonly kind: 'subsample';
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly channelPadding: readonly [before: number, after: number];
}

export interface AddSpec {
  readonly kind: 'add';
  readonly name: string;
  readonly inputs: readonly [string, string];
  readonly relu: boolean;
}

export interface FlattenSpec extends LayerBase {
  readonly kind: 'flatten';
}

export type WeightedSpec = ConvSpec | DenseSpec;
export type LayerSpec = WeightedSpec | PoolSpec | SubsampleSpec | AddSpec | FlattenSpec;

export interface NetworkSpec {
  readonly name: string;
  readonly input: Shape;
  /** In an order in which each stands behind its inputs; the last one gives the logits. */
  readonly layers: readonly LayerSpec[];
}

export function isWeighted(layer: LayerSpec): layer is WeightedSpec {
  return layer.kind === 'conv' || layer.kind === 'dense';
}

/** Names of what a layer reads. */
export function inputsOf(layer: LayerSpec): readonly string[] {
  return layer.kind === 'add' ? layer.inputs : [layer.input];
}

/** Number of layer groups that the options can tell apart. */
export function groupCount(network: NetworkSpec): number {
  return 1 + Math.max(...network.layers.map((layer) => (isWeighted(layer) ? (layer.group ?? -1) : -1)));
}

/** Output size of a window along one dimension. */
function slide(size: number, kernel: number, stride: number, padding: number, where: string): number {
  const out = Math.floor((size + padding - kernel) / stride) + 1;
  if (out < 1)
    throw new FlexorError('usage', `${where}: kernel ${kernel} does not fit into ${size} + ${padding} padding`);
  return out;
}

/** Shape behind a layer that reads a tensor of shape `input`. */
export function outputShape(layer: LayerSpec, input: Shape): Shape {
  const { height, width, channels } = input;
  switch (layer.kind) {
    case 'flatten':
      return { height: 1, width: 1, channels: height * width * channels };
    case 'dense':
      return { height: 1, width: 1, channels: layer.outChannels };
    case 'add':
      return input;
    case 'subsample': {
      const [vertical, horizontal] = layer.stride;
      const [before, after] = layer.channelPadding;
      return {
        height: Math.ceil(height / vertical),
        width: Math.ceil(width / horizontal),
        channels: before + channels + after,
      };
    }
    case 'conv':
    case 'maxPool':
    case 'avgPool': {
      const [top, left, bottom, right] = layer.padding;
      return {
        height: slide(height, layer.kernel[0], layer.stride[0], top + bottom, layer.name),
        width: slide(width, layer.kernel[1], layer.stride[1], left + right, layer.name),
        channels: layer.kind === 'conv' ? layer.outChannels : channels,
      };
    }
  }
}

/** Shape of every tensor by the name of its layer, NETWORK_INPUT included. */
export function tensorShapes(network: NetworkSpec): Map<string, Shape> {
  const shapes = new Map([[NETWORK_INPUT, network.input]]);
  for (const layer of network.layers) {
    const [input, other] = inputsOf(layer).map((name) => shapes.get(name));
    invariant(input, `layer ${layer.name} reads what does not stand in front of it`);
    invariant(other === undefined || sameShape(input, other), `layer ${layer.name} adds tensors of two shapes`);
    shapes.set(layer.name, outputShape(layer, input));
  }
  return shapes;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.height === b.height && a.width === b.width && a.channels === b.channels;
}

/** V: window elements of a weighted layer. */
export function windowSize(layer: WeightedSpec, input: Shape): number {
  return layer.kind === 'dense'
    ? input.height * input.width * input.channels
    : layer.kernel[0] * layer.kernel[1] * input.channels;
}
