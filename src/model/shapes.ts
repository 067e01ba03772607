/**
 * The graph of a model: which node reads which, and the shape of every tensor. Nodes form a chain in this version; what
 * is a legal graph but no chain (a fork, an unused node) is named as unsupported.
 */
import { FlexorError } from '../base/errors.js';
import type { ConvNode, DenseNode, FlattenNode, MaxPoolNode, Shape } from './types.js';

/** What shape inference needs of a node; a `ModelNode` is one. */
export type TopologyNode =
  | Pick<ConvNode, 'kind' | 'name' | 'input' | 'outChannels' | 'kernel' | 'stride' | 'padding'>
  | Pick<DenseNode, 'kind' | 'name' | 'input' | 'outChannels'>
  | MaxPoolNode
  | FlattenNode;

/** What the graph checks need of a model; a `FlexorModel` is one. */
export interface Topology {
  readonly name: string;
  readonly input: { readonly shape: Shape };
  readonly nodes: readonly TopologyNode[];
  readonly output: string;
  readonly classes: readonly string[];
}

/** Name under which the first node reads the network's input; no node may carry it. */
export const INPUT_NAME = 'input';
/** Largest number of elements of one activation tensor. */
export const MAX_TENSOR_ELEMENTS = 2 ** 26;
/** Largest number of weights of one layer. */
export const MAX_LAYER_WEIGHTS = 2 ** 28;

/**
 * Checks names, edges and shapes of the graph and returns the output shape of every node by name, plus the network's
 * input under 'input'. `where` starts error texts (a file's name).
 */
export function inferShapes(model: Topology, where: string = model.name): Map<string, Shape> {
  checkEdges(model, where);
  const shapes = new Map<string, Shape>([[INPUT_NAME, model.input.shape]]);
  checkSize(model.input.shape, `${where}: input.shape`);
  for (const node of model.nodes) {
    const at = `${where}: ${node.name}`;
    const shape = outputShape(node, shapes.get(node.input)!, at);
    checkSize(shape, at);
    shapes.set(node.name, shape);
  }
  checkOutput(model, shapes, where);
  return shapes;
}

/** V: elements of the window of a weighted layer. A dense layer's window is its whole input. */
export function windowSize(node: TopologyNode & { kind: 'conv' | 'dense' }, input: Shape): number {
  return node.kind === 'conv' ? node.kernel[0] * node.kernel[1] * input.channels : elements(input);
}

/** Number of elements of a tensor. */
export function elements(shape: Shape): number {
  return shape.height * shape.width * shape.channels;
}

function checkEdges(model: Topology, where: string): void {
  if (model.nodes.length === 0) throw problem(`${where}: nodes: a model needs at least one node, got none`);
  const consumers = new Map<string, string[]>([[INPUT_NAME, []]]);
  for (const node of model.nodes) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(node.name) || node.name === INPUT_NAME) {
      throw problem(
        `${where}: nodes: a name is a letter followed by letters, digits or underscores, and not '${INPUT_NAME}', got '${node.name}'`,
      );
    }
    if (consumers.has(node.name)) throw problem(`${where}: ${node.name}: names must be unique, got this one twice`);
    const readers = consumers.get(node.input);
    if (readers === undefined) {
      throw problem(`${where}: ${node.name}.inputs: must name a node that stands before it, got '${node.input}'`);
    }
    readers.push(node.name);
    consumers.set(node.name, []);
  }
  if (!consumers.has(model.output)) throw problem(`${where}: output: must name a node, got '${model.output}'`);
  for (const [name, readers] of consumers) checkChain(name, readers, model.output, where);
}

function checkChain(name: string, readers: readonly string[], output: string, where: string): void {
  const chain = 'only chains of nodes are supported';
  if (readers.length > 1) {
    throw new FlexorError('unsupported', `${where}: ${name}: ${chain}, but it feeds ${readers.join(' and ')}`);
  }
  if (name === output && readers.length > 0) {
    throw new FlexorError('unsupported', `${where}: ${name}: ${chain}, but the output also feeds ${readers.join()}`);
  }
  if (name !== output && readers.length === 0) {
    throw new FlexorError('unsupported', `${where}: ${name}: ${chain}, but no node reads it`);
  }
}

function outputShape(node: TopologyNode, input: Shape, at: string): Shape {
  switch (node.kind) {
    case 'conv':
    case 'maxPool': {
      const [height, width] = slide(node, input, at);
      const channels = node.kind === 'conv' ? node.outChannels : input.channels;
      if (node.kind === 'conv') checkWeights(node, input, at);
      return { height, width, channels };
    }
    case 'dense':
      checkWeights(node, input, at);
      return { height: 1, width: 1, channels: node.outChannels };
    case 'flatten':
      return { height: 1, width: 1, channels: elements(input) };
  }
}

/** Number of window positions, vertical and horizontal. */
function slide(node: Pick<ConvNode, 'kernel' | 'stride' | 'padding'>, input: Shape, at: string): [number, number] {
  const [top, left, bottom, right] = node.padding;
  const [kh, kw] = node.kernel;
  for (const [pad, kernel] of [
    [top, kh],
    [bottom, kh],
    [left, kw],
    [right, kw],
  ] as const) {
    if (pad >= kernel) {
      throw problem(`${at}.padding: must be smaller than the kernel, got ${pad} with a kernel of ${kernel}`);
    }
  }
  const height = input.height + top + bottom;
  const width = input.width + left + right;
  if (kh > height || kw > width) {
    throw problem(`${at}.kernel: must fit in the padded input of ${height}×${width}, got ${kh}×${kw}`);
  }
  return [Math.floor((height - kh) / node.stride[0]) + 1, Math.floor((width - kw) / node.stride[1]) + 1];
}

function checkWeights(node: TopologyNode & { kind: 'conv' | 'dense' }, input: Shape, at: string): void {
  const weights = windowSize(node, input) * node.outChannels;
  if (weights > MAX_LAYER_WEIGHTS) {
    throw problem(`${at}: a layer has at most ${MAX_LAYER_WEIGHTS} weights, got ${weights}`);
  }
}

function checkSize(shape: Shape, at: string): void {
  if (elements(shape) > MAX_TENSOR_ELEMENTS) {
    throw problem(`${at}: a tensor has at most ${MAX_TENSOR_ELEMENTS} elements, got ${elements(shape)}`);
  }
}

function checkOutput(model: Topology, shapes: ReadonlyMap<string, Shape>, where: string): void {
  const node = model.nodes.find((candidate) => candidate.name === model.output);
  if (node?.kind !== 'conv' && node?.kind !== 'dense') {
    throw problem(`${where}: output: must name a conv or dense node, got '${model.output}' (${node?.kind})`);
  }
  const logits = elements(shapes.get(model.output)!);
  if (model.classes.length !== logits) {
    throw problem(`${where}: classes: must be as many as the logits (${logits}), got ${model.classes.length}`);
  }
}

function problem(message: string): FlexorError {
  return new FlexorError('model-file', message);
}
