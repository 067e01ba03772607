/** Operators that become convolutions, pools, sums and concatenations. */
import type { ConvWindow, Padding, Shape, Sliding } from '../../graph/types.js';
import { slidingWindow } from '../execute/windows.js';
import type { OnnxNode } from '../types.js';
import { imagePlaces, imageShape, ORDER_REMEDY, Refusal, samePlaces } from './builder.js';
import type { Builder, Source } from './builder.js';
import { weightedMaker, quantiserField } from './draft.js';
import { attributesOf, constantInput } from './products.js';
import { layerWeights } from './weights.js';

function imageSource(builder: Builder, node: OnnxNode): Source {
  const source = builder.source(node, 0);
  const shape = imageShape(source.dims);
  const same = shape.height === source.shape.height && shape.width === source.shape.width;
  if (
    !same ||
    !samePlaces(source.places, imagePlaces(source.shape)) ||
    source.dims[0] !== 1 ||
    source.dims.length > 4
  ) {
    throw new Refusal('its input is no image [1, C, H, W] of the model', ORDER_REMEDY);
  }
  return source;
}

/** Numbers of two spatial axes from those of one or two. */
function pair(numbers: readonly number[], otherwise: number): [number, number] {
  return numbers.length === 2 ? (numbers as [number, number]) : [otherwise, numbers[0]!];
}

function padsOf(pads: readonly number[], extra: Source['padding'] = [0, 0, 0, 0]): Padding {
  const [top, left, bottom, right] = pads.length === 4 ? pads : [0, pads[0]!, 0, pads[1]!];
  return [top! + extra[0], left! + extra[1], bottom! + extra[2], right! + extra[3]];
}

/** Pixels of each axis with the zeros around them. */
function paddedPixels({ dims, padding: [top, left, bottom, right] = [0, 0, 0, 0] }: Source): number[] {
  const around = [top + bottom, left + right].slice(4 - dims.length);
  return dims.slice(2).map((n, d) => n + around[d]!);
}

export function importConv(builder: Builder, node: OnnxNode): void {
  const source = imageSource(builder, node);
  const name = constantInput(builder, node, 1, 'weights');
  const [outChannels, perGroup, ...kernel] = builder.graph.constants.get(name)!.dims as [number, number, ...number[]];
  const attributes = attributesOf(builder, node);
  const { pads } = slidingWindow(attributes, paddedPixels(source), kernel);
  const ones = kernel.map(() => 1);
  const window: ConvWindow = {
    kernel: pair(kernel, 1),
    stride: pair(attributes.integers('strides') ?? ones, 1),
    dilation: pair(attributes.integers('dilations') ?? ones, 1),
    padding: padsOf(pads, source.padding),
    groups: attributes.integer('group', 1),
  };
  const taps = kernel.reduce((product, n) => product * n, 1);
  const order = new Int32Array(taps * perGroup * outChannels);
  for (let c = 0, from = 0; c < outChannels; c++) {
    for (let ci = 0; ci < perGroup; ci++) {
      for (let tap = 0; tap < taps; tap++) order[(tap * perGroup + ci) * outChannels + c] = from++;
    }
  }
  const layer = builder.nextName('conv');
  const parts = {
    input: source.node,
    outChannels,
    weights: layerWeights(name, order, outChannels, builder.graph, builder.model, builder.where),
  };
  const shape = imageShape(builder.dimsOf(node.outputs[0]!));
  const draft = builder.add(
    node,
    { kind: 'conv', name: layer, shape, make: weightedMaker(layer, parts, window) },
    imagePlaces(shape),
  );
  if ((node.inputs[2] ?? '') !== '') {
    const bias = builder.graph.constants.get(constantInput(builder, node, 2, 'biases'))!;
    draft.bias = Float32Array.from(bias.values);
  }
}

export function importPool(builder: Builder, node: OnnxNode): void {
  const source = imageSource(builder, node);
  if (source.padding !== undefined) throw new Refusal('padding in front of a pool', 'state it as the pads of the pool');
  const kind = node.operator === 'MaxPool' ? 'maxPool' : 'avgPool';
  const attributes = attributesOf(builder, node);
  const kernel = attributes.integers('kernel_shape') ?? [];
  const spatial = source.dims.slice(2);
  if (kernel.length !== spatial.length)
    throw new Refusal('its kernel_shape does not fit its input', 'state one number an axis');
  const { pads, outDims } = slidingWindow(attributes, spatial, kernel);
  if ((attributes.integers('dilations') ?? []).some((n) => n > 1)) {
    throw new Refusal('its taps are apart (dilations)', 'pool neighbouring pixels');
  }
  const stride = attributes.integers('strides') ?? kernel.map(() => 1);
  // ceil_mode takes in one window more at the end; padding there gives the same.
  const rank = spatial.length;
  const reach = outDims.map((n, d) => (n - 1) * stride[d]! + kernel[d]! - pads[d]! - spatial[d]!);
  const padded = pads.map((n, i) => (i < rank ? n : Math.max(0, Math.max(n, reach[i - rank]!))));
  const counts = attributes.integer('count_include_pad', 0) !== 0;
  if (kind === 'avgPool' && padded.some((n, i) => n > 0 && (!counts || n !== pads[i]))) {
    throw new Refusal('its mean leaves padding out', 'use no padding, or count_include_pad');
  }
  addPool(builder, node, source, kind, { kernel: pair(kernel, 1), stride: pair(stride, 1), padding: padsOf(padded) });
}

/** Pools whose window is the whole image. */
export function importGlobalPool(builder: Builder, node: OnnxNode): void {
  const source = imageSource(builder, node);
  if (node.operator === 'ReduceMean') checkReducedAxes(builder, node, source);
  const { height, width } = source.shape;
  const kind = node.operator === 'GlobalMaxPool' ? 'maxPool' : 'avgPool';
  addPool(builder, node, source, kind, { kernel: [height, width], stride: [1, 1], padding: [0, 0, 0, 0] });
}

function checkReducedAxes(builder: Builder, node: OnnxNode, source: Source): void {
  const attributes = attributesOf(builder, node);
  const rank = source.dims.length;
  const axes = (attributes.listed('axes', 1) ?? []).map((axis) => (axis < 0 ? axis + rank : axis)).sort();
  const spatial = source.dims.map((_, d) => d).slice(2);
  if (axes.join() !== spatial.join())
    throw new Refusal('takes a mean over other axes than the pixels', 'use a global average pool');
}

function addPool(
  builder: Builder,
  node: OnnxNode,
  source: Source,
  kind: 'maxPool' | 'avgPool',
  sliding: Sliding,
): void {
  const { channels } = source.shape;
  const dims = builder.dimsOf(node.outputs[0]!);
  const shape: Shape = dims.length > 2 ? imageShape(dims) : { height: 1, width: 1, channels };
  const name = builder.nextName('pool');
  const make = () => ({ kind, name, input: source.node, ...sliding });
  builder.add(node, { kind: 'other', name, shape, make }, imagePlaces(shape));
}

/** Sum of two tensors of the network. */
export function importSum(builder: Builder, node: OnnxNode): void {
  const [a, b] = [builder.source(node, 0), builder.source(node, 1)];
  if (!samePlaces(a.places, b.places) || a.shape.channels !== b.shape.channels) {
    throw new Refusal('adds tensors of different shapes or orders', 'add tensors of one shape');
  }
  if (a.padding ?? b.padding) throw new Refusal('padding in front of a sum', 'pad in a convolution');
  if (a.node === b.node) throw new Refusal('adds a tensor to itself', 'multiply it by 2');
  const name = builder.nextName('add');
  builder.add(
    node,
    {
      kind: 'add',
      name,
      shape: a.shape,
      make: ({ clamp, quantiser, range }) => ({
        kind: 'add',
        name,
        inputs: [a.node, b.node],
        relu: clamp[0] === 0,
        ...quantiserField(quantiser),
        range,
      }),
    },
    a.places,
  );
}

export function importConcat(builder: Builder, node: OnnxNode): void {
  const parts = node.inputs.map((_, i) => builder.source(node, i));
  const axis = attributesOf(builder, node).integer('axis', 0);
  const rank = parts[0]!.dims.length;
  if ((axis < 0 ? axis + rank : axis) !== 1)
    throw new Refusal('concatenates another axis than the channels', 'use axis 1');
  const dims = builder.dimsOf(node.outputs[0]!);
  const shape = imageShape(dims);
  const images = parts.every(
    (part) => samePlaces(part.places, imagePlaces(part.shape)) && part.shape.channels === part.dims[1],
  );
  if (!images) throw new Refusal('its inputs are no images [1, C, H, W] of the model', ORDER_REMEDY);
  if (new Set(parts.map((part) => part.node)).size !== parts.length) {
    throw new Refusal('concatenates a tensor with itself', 'duplicate the channels in the layer before');
  }
  const name = builder.nextName('concat');
  const make = () => ({ kind: 'concat' as const, name, inputs: parts.map((part) => part.node) });
  builder.add(node, { kind: 'other', name, shape, make }, imagePlaces(shape));
}

/** Zeros around the image, which the next convolution takes in. */
export function importPad(builder: Builder, node: OnnxNode): void {
  const source = imageSource(builder, node);
  const attributes = attributesOf(builder, node);
  const pads = attributes.listed('pads', 1) ?? [];
  const value = builder.model.opset < 11 ? attributes.float('value', 0) : (attributes.optional(2)?.values[0] ?? 0);
  const rank = source.dims.length;
  const outside = [0, 1, rank, rank + 1].some((i) => pads[i] !== 0);
  if (outside || value !== 0 || attributes.text('mode', 'constant') !== 'constant' || source.padding !== undefined) {
    throw new Refusal('pads other than pixels with zeros', 'pad height and width with 0');
  }
  const around = rank === 4 ? [pads[2]!, pads[3]!, pads[6]!, pads[7]!] : [0, pads[2]!, 0, pads[5]!];
  builder.sources.set(node.outputs[0]!, {
    ...source,
    dims: source.dims,
    padding: around as [number, number, number, number],
  });
}
