/** Operators that become layers with weights, pools, sums and concatenations. */
import type { ConvWindow, Padding, Shape, Sliding } from '../../graph/types.js';
import { UNDILATED } from '../../graph/window.js';
import { Context } from '../execute/context.js';
import { slidingWindow } from '../execute/windows.js';
import type { OnnxNode } from '../types.js';
import { imagePlaces, imageShape, Refusal, samePlaces } from './builder.js';
import type { Builder, Source } from './builder.js';
import { weightedMaker, quantiserField } from './draft.js';
import { channelConstant } from './constants.js';
import { layerWeights } from './weights.js';

const ORDER_REMEDY = 'keep images as [1, C, H, W] up to the first dense layer';

/** A context for reading a node's attributes. */
export function attributesOf(builder: Builder, node: OnnxNode): Context {
  const values = node.inputs.map((name) => builder.graph.constants.get(name) ?? null);
  return new Context(node, values, builder.model.opset, builder.where);
}

function constantInput(builder: Builder, node: OnnxNode, index: number, what: string): string {
  const name = node.inputs[index] ?? '';
  if (builder.graph.constants.has(name)) return name;
  throw new Refusal(`its ${what} are no constants`, 'fold them to initialisers before the export');
}

/** x·W (+ bias) of the last axis: a dense layer, or a 1×1 convolution where there are several rows. */
export function importMatMul(builder: Builder, node: OnnxNode): void {
  const source = builder.source(node, 0);
  const name = constantInput(builder, node, 1, 'weights');
  const [inner, outChannels, ...more] = builder.graph.constants.get(name)!.dims;
  if (inner === undefined || outChannels === undefined || more.length > 0) {
    throw new Refusal('its weights are no matrix', 'use one matrix of weights');
  }
  matrixLayer(builder, node, source, name, outChannels, (v, c) => v * outChannels + c);
}

export function importGemm(builder: Builder, node: OnnxNode): void {
  const attributes = attributesOf(builder, node);
  if (
    attributes.float('alpha', 1) !== 1 ||
    attributes.float('beta', 1) !== 1 ||
    attributes.integer('transA', 0) !== 0
  ) {
    throw new Refusal('alpha, beta or transA are set', 'fold them into the weights');
  }
  const source = builder.source(node, 0);
  const name = constantInput(builder, node, 1, 'weights');
  const { dims } = builder.graph.constants.get(name)!;
  const transposed = attributes.integer('transB', 0) !== 0;
  const [inner, outChannels] = (transposed ? [dims[1]!, dims[0]!] : dims) as [number, number];
  const at = transposed ? (v: number, c: number) => c * inner + v : (v: number, c: number) => v * outChannels + c;
  const draft = matrixLayer(builder, node, source, name, outChannels, at);
  if ((node.inputs[2] ?? '') !== '') {
    draft.bias = channelConstant(
      builder,
      constantInput(builder, node, 2, 'biases'),
      builder.sources.get(node.outputs[0]!)!,
    );
  }
}

function matrixLayer(
  builder: Builder,
  node: OnnxNode,
  source: Source,
  weights: string,
  outChannels: number,
  at: (v: number, c: number) => number,
) {
  const rows = source.dims.slice(0, -1).reduce((product, n) => product * n, 1);
  const inner = source.dims.at(-1)!;
  if (source.padding !== undefined) throw new Refusal('padding in front of a dense layer', 'pad in a convolution');
  if (rows > 1) return rowsLayer(builder, node, source, weights, outChannels, at);
  // Row v of the weights belongs to element v of the graph's tensor, which the model may have in another place.
  const order = new Int32Array(inner * outChannels);
  source.places.forEach((place, v) => {
    for (let c = 0; c < outChannels; c++) order[place * outChannels + c] = at(v, c);
  });
  const name = builder.nextName('fc');
  const parts = {
    input: source.node,
    outChannels,
    weights: layerWeights(weights, order, outChannels, builder.graph, builder.model, builder.where),
  };
  const shape = { height: 1, width: 1, channels: outChannels };
  const places = Int32Array.from({ length: outChannels }, (_, i) => i);
  return builder.add(node, { kind: 'dense', name, shape, make: weightedMaker(name, parts, null) }, places);
}

/** Several rows of one matrix product: a 1×1 convolution over the rows. */
function rowsLayer(
  builder: Builder,
  node: OnnxNode,
  source: Source,
  weights: string,
  outChannels: number,
  at: (v: number, c: number) => number,
) {
  const { shape } = source;
  const straight = source.places.every((place, i) => place === i);
  if (!straight || source.dims.at(-1) !== shape.channels) {
    throw new Refusal('multiplies another axis than the channels', ORDER_REMEDY);
  }
  const order = Int32Array.from({ length: shape.channels * outChannels }, (_, f) =>
    at(Math.floor(f / outChannels), f % outChannels),
  );
  const name = builder.nextName('conv');
  const parts = {
    input: source.node,
    outChannels,
    weights: layerWeights(weights, order, outChannels, builder.graph, builder.model, builder.where),
  };
  const window: ConvWindow = { kernel: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0], dilation: UNDILATED, groups: 1 };
  const out = { ...shape, channels: outChannels };
  const places = Int32Array.from({ length: shape.height * shape.width * outChannels }, (_, i) => i);
  return builder.add(node, { kind: 'conv', name, shape: out, make: weightedMaker(name, parts, window) }, places);
}

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

export function importConv(builder: Builder, node: OnnxNode): void {
  const source = imageSource(builder, node);
  const name = constantInput(builder, node, 1, 'weights');
  const [outChannels, perGroup, ...kernel] = builder.graph.constants.get(name)!.dims as [number, number, ...number[]];
  const attributes = attributesOf(builder, node);
  const { pads } = slidingWindow(attributes, source.dims.slice(2), kernel);
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
