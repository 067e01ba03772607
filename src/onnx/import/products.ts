/** Operators that multiply by a matrix: dense layers, or 1×1 convolutions where there are several rows. */
import type { ConvWindow } from '../../graph/types.js';
import { UNDILATED } from '../../graph/window.js';
import { Context } from '../execute/context.js';
import type { OnnxNode } from '../types.js';
import { ORDER_REMEDY, Refusal } from './builder.js';
import type { Builder, Source } from './builder.js';
import { weightedMaker } from './draft.js';
import { channelConstant } from './constants.js';
import { layerWeights } from './weights.js';

/** A context for reading a node's attributes. */
export function attributesOf(builder: Builder, node: OnnxNode): Context {
  const values = node.inputs.map((name) => builder.graph.constants.get(name) ?? null);
  return new Context(node, values, builder.model.opset, builder.where);
}

/** The name of an input that is a constant; refuses others. */
export function constantInput(builder: Builder, node: OnnxNode, index: number, what: string): string {
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
