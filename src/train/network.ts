/** What a network looks like to training: a chain of layers, and the shapes that follow from it. NHWC. */
import { FlexorError } from '../base/errors.js';
import type { Padding, Shape } from '../model/types.js';

export interface ConvSpec {
  readonly kind: 'conv';
  readonly name: string;
  readonly outChannels: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: Padding;
  readonly relu: boolean;
}

export interface DenseSpec {
  readonly kind: 'dense';
  readonly name: string;
  readonly outChannels: number;
  readonly relu: boolean;
}

export interface PoolSpec {
  readonly kind: 'maxPool';
  readonly name: string;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: Padding;
}

export interface FlattenSpec {
  readonly kind: 'flatten';
  readonly name: string;
}

export type LayerSpec = ConvSpec | DenseSpec | PoolSpec | FlattenSpec;
export type WeightedSpec = ConvSpec | DenseSpec;

export interface NetworkSpec {
  readonly name: string;
  readonly input: Shape;
  readonly layers: readonly LayerSpec[];
}

export function isWeighted(layer: LayerSpec): layer is WeightedSpec {
  return layer.kind === 'conv' || layer.kind === 'dense';
}

/** Output size of a window along one dimension. */
function slide(size: number, kernel: number, stride: number, padding: number, where: string): number {
  const out = Math.floor((size + padding - kernel) / stride) + 1;
  if (out < 1)
    throw new FlexorError('usage', `${where}: kernel ${kernel} does not fit into ${size} + ${padding} padding`);
  return out;
}

/** Shape behind a layer. */
export function outputShape(layer: LayerSpec, input: Shape): Shape {
  switch (layer.kind) {
    case 'flatten':
      return { height: 1, width: 1, channels: input.height * input.width * input.channels };
    case 'dense':
      return { height: 1, width: 1, channels: layer.outChannels };
    case 'conv':
    case 'maxPool': {
      const [top, left, bottom, right] = layer.padding;
      return {
        height: slide(input.height, layer.kernel[0], layer.stride[0], top + bottom, layer.name),
        width: slide(input.width, layer.kernel[1], layer.stride[1], left + right, layer.name),
        channels: layer.kind === 'conv' ? layer.outChannels : input.channels,
      };
    }
  }
}

/** Shape in front of every layer, in order. */
export function inputShapes(network: NetworkSpec): Shape[] {
  const shapes: Shape[] = [];
  let shape = network.input;
  for (const layer of network.layers) {
    shapes.push(shape);
    shape = outputShape(layer, shape);
  }
  return shapes;
}

/** V: window elements of a weighted layer. */
export function windowSize(layer: WeightedSpec, input: Shape): number {
  return layer.kind === 'dense'
    ? input.height * input.width * input.channels
    : layer.kernel[0] * layer.kernel[1] * input.channels;
}
