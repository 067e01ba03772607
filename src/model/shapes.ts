/**
 * The graph of a model: which node reads which, and the shape of every tensor. A node may feed several others, so that
 * residual networks fit; the output feeds none, and every other node at least one.
 */
import { FlexorError } from '../base/errors.js';
import type {
  AddNode,
  AvgPoolNode,
  ConvNode,
  DenseNode,
  FlattenNode,
  MaxPoolNode,
  Shape,
  Sliding,
  SubsampleNode,
} from './types.js';

/** What shape inference needs of a node; a `ModelNode` is one. */
export type TopologyNode =
  | Pick<ConvNode, 'kind' | 'name' | 'input' | 'outChannels' | keyof Sliding>
  | Pick<DenseNode, 'kind' | 'name' | 'input' | 'outChannels'>
  | MaxPoolNode
  | AvgPoolNode
  | SubsampleNode
  | Pick<AddNode, 'kind' | 'name' | 'inputs'>
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

/** Names of the nodes that a node reads, in the order in which it takes them. */
export function inputsOf(node: { readonly input: string } | { readonly inputs: readonly string[] }): readonly string[] {
  return 'inputs' in node ? node.inputs : [node.input];
}

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
    const shape = outputShape(
      node,
      inputsOf(node).map((name) => shapes.get(name)!),
      at,
    );
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
  const readers = new Map<string, number>([[INPUT_NAME, 0]]);
  for (const node of model.nodes) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(node.name) || node.name === INPUT_NAME) {
      throw problem(
        `${where}: nodes: a name is a letter followed by letters, digits or underscores, and not '${INPUT_NAME}', got '${node.name}'`,
      );
    }
    if (readers.has(node.name)) throw problem(`${where}: ${node.name}: names must be unique, got this one twice`);
    for (const input of inputsOf(node)) {
      const count = readers.get(input);
      if (count === undefined) {
        const behind = model.nodes.some(({ name }) => name === input)
          ? ', which makes a cycle or stands behind it'
          : '';
        throw problem(`${where}: ${node.name}.inputs: must name a node that stands before it, got '${input}'${behind}`);
      }
      readers.set(input, count + 1);
    }
    readers.set(node.name, 0);
  }
  if (!readers.has(model.output)) throw problem(`${where}: output: must name a node, got '${model.output}'`);
  for (const [name, count] of readers) {
    if (name === model.output && count > 0) throw problem(`${where}: ${name}: the output must feed no other node`);
    if (name !== model.output && count === 0) throw problem(`${where}: ${name}: must be the output or feed a node`);
  }
}

function outputShape(node: TopologyNode, inputs: readonly Shape[], at: string): Shape {
  const input = inputs[0]!;
  switch (node.kind) {
    case 'conv':
      checkWeights(node, input, at);
      return { ...slide(node, input, at), channels: node.outChannels };
    case 'maxPool':
    case 'avgPool':
      return { ...slide(node, input, at), channels: input.channels };
    case 'dense':
      checkWeights(node, input, at);
      return { height: 1, width: 1, channels: node.outChannels };
    case 'subsample':
      return subsampled(node, input, at);
    case 'add':
      return checkSame(node.inputs, inputs, at);
    case 'flatten':
      return { height: 1, width: 1, channels: elements(input) };
  }
}

function subsampled({ stride, channelPadding }: SubsampleNode, input: Shape, at: string): Shape {
  const shape = {
    height: Math.ceil(input.height / stride[0]),
    width: Math.ceil(input.width / stride[1]),
    channels: channelPadding[0] + input.channels + channelPadding[1],
  };
  if (shape.height === input.height && shape.width === input.width && shape.channels === input.channels) {
    throw problem(`${at}: must change the shape of its input (${shapeText(input)}); leave the node out`);
  }
  return shape;
}

function checkSame(names: readonly string[], inputs: readonly Shape[], at: string): Shape {
  const [a, b] = inputs as [Shape, Shape];
  if (a.height !== b.height || a.width !== b.width || a.channels !== b.channels) {
    throw problem(
      `${at}.inputs: must have one shape, got ${names[0]} with ${shapeText(a)} and ${names[1]} with ${shapeText(b)}`,
    );
  }
  return a;
}

function shapeText({ height, width, channels }: Shape): string {
  return `${height}×${width}×${channels}`;
}

/** Number of window positions, vertical and horizontal. */
function slide(node: Sliding, input: Shape, at: string): Pick<Shape, 'height' | 'width'> {
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
  return {
    height: Math.floor((height - kh) / node.stride[0]) + 1,
    width: Math.floor((width - kw) / node.stride[1]) + 1,
  };
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
