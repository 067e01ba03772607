/**
 * Checks the edges of a graph and infers the shape of every tensor. A node may feed several others; the output feeds none,
 * and every other node at least one.
 */
import { FlexorError, type ErrorCode } from '../base/errors.js';
import { INPUT_NAME, inputsOf } from './order.js';
import type { ConvWindow, GraphNode, Shape } from './types.js';
import { slidingOutput, windowSpan, type Window } from './window.js';

/** What the checks need of a network. */
export interface Graph {
  readonly input: { readonly shape: Shape };
  readonly nodes: readonly GraphNode[];
  /** Name of the node whose output are the logits. */
  readonly output: string;
}

/** Largest number of elements of one activation tensor. */
export const MAX_TENSOR_ELEMENTS = 2 ** 26;
/** Largest number of weights of one layer. */
export const MAX_LAYER_WEIGHTS = 2 ** 28;

/** Number of elements of a tensor. */
export function elementCount(shape: Shape): number {
  return shape.height * shape.width * shape.channels;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.height === b.height && a.width === b.width && a.channels === b.channels;
}

/** V: elements of the input that one output element depends on. A dense layer's window is its whole input. */
export function windowSize(
  node: { readonly kind: 'dense' } | ({ readonly kind: 'conv' } & Pick<ConvWindow, 'kernel' | 'groups'>),
  input: Shape,
): number {
  return node.kind === 'dense' ? elementCount(input) : (node.kernel[0] * node.kernel[1] * input.channels) / node.groups;
}

/** Shape of the weights as convolution libraries have them: [k_h, k_w, C_in/G, C_out], or [V, C_out] of a dense layer. */
export function weightShape(node: GraphNode & { kind: 'conv' | 'dense' }, input: Shape): readonly number[] {
  return node.kind === 'dense'
    ? [elementCount(input), node.outChannels]
    : [...node.kernel, input.channels / node.groups, node.outChannels];
}

/**
 * Output shape of every node by name, with the network's input under INPUT_NAME. The first thing that is wrong is an error
 * of this code; `where` (the name of a file or network) starts its text.
 */
export function inferShapes(graph: Graph, where: string, code: ErrorCode): Map<string, Shape> {
  const problem = (at: string, what: string): FlexorError => new FlexorError(code, `${at}${what}`);
  checkEdges(graph, where, problem);
  const shapes = new Map<string, Shape>([[INPUT_NAME, graph.input.shape]]);
  checkSize(graph.input.shape, `${where}: input.shape`, problem);
  for (const node of graph.nodes) {
    const at = `${where}: ${node.name}`;
    const inputs = inputsOf(node).map((name) => shapes.get(name)!);
    const shape = outputShape(node, inputs, (what) => problem(at, what));
    checkSize(shape, at, problem);
    shapes.set(node.name, shape);
  }
  return shapes;
}

type Problem = (at: string, what: string) => FlexorError;
/** The same for one node: what is wrong with it, from its field on. */
type NodeProblem = (what: string) => FlexorError;

function checkEdges({ nodes, output }: Graph, where: string, problem: Problem): void {
  if (nodes.length === 0) throw problem(where, ': nodes: a model needs at least one node, got none');
  const readers = new Map<string, number>([[INPUT_NAME, 0]]);
  for (const node of nodes) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(node.name) || node.name === INPUT_NAME) {
      const rule = `a name is a letter followed by letters, digits or underscores, and not '${INPUT_NAME}'`;
      throw problem(where, `: nodes: ${rule}, got '${node.name}'`);
    }
    const at = `${where}: ${node.name}`;
    if (readers.has(node.name)) throw problem(at, ': names must be unique, got this one twice');
    const inputs = inputsOf(node);
    for (const input of inputs) {
      const count = readers.get(input);
      if (count === undefined) {
        const behind = nodes.some(({ name }) => name === input) ? ', which makes a cycle or stands behind it' : '';
        throw problem(at, `.inputs: must name a node that stands before it, got '${input}'${behind}`);
      }
      readers.set(input, count + 1);
    }
    readers.set(node.name, 0);
  }
  if (!readers.has(output)) throw problem(where, `: output: must name a node, got '${output}'`);
  for (const [name, count] of readers) {
    if (name === output && count > 0) throw problem(`${where}: ${name}`, ': the output must feed no other node');
    if (name !== output && count === 0) throw problem(`${where}: ${name}`, ': must be the output or feed a node');
  }
}

/** Shape behind one node; `problem` makes the error where the node does not fit its inputs. */
export function outputShape(node: GraphNode, inputs: readonly Shape[], problem: NodeProblem): Shape {
  const input = inputs[0]!;
  switch (node.kind) {
    case 'conv':
      checkGroups(node, input, problem);
      checkWeights(node, input, problem);
      return { ...slide(node, input, problem), channels: node.outChannels };
    case 'maxPool':
    case 'avgPool':
      return { ...slide(node, input, problem), channels: input.channels };
    case 'dense':
      checkWeights(node, input, problem);
      return { height: 1, width: 1, channels: node.outChannels };
    case 'subsample':
      return subsampled(node, input, problem);
    case 'add':
      return checkSame(node.inputs, inputs, problem);
    case 'concat':
      return concatenated(node.inputs, inputs, problem);
    case 'activation':
      return input;
    case 'flatten':
      return { height: 1, width: 1, channels: elementCount(input) };
  }
}

function checkGroups(node: GraphNode & { kind: 'conv' }, input: Shape, problem: NodeProblem): void {
  const { groups, outChannels } = node;
  if (input.channels % groups === 0 && outChannels % groups === 0) return;
  throw problem(
    `.groups: must divide the channels of input and output (${input.channels} and ${outChannels}), got ${groups}`,
  );
}

function subsampled(
  { stride, channelPadding }: GraphNode & { kind: 'subsample' },
  input: Shape,
  problem: NodeProblem,
): Shape {
  const shape = {
    height: Math.ceil(input.height / stride[0]),
    width: Math.ceil(input.width / stride[1]),
    channels: channelPadding[0] + input.channels + channelPadding[1],
  };
  if (sameShape(shape, input)) {
    throw problem(`: must change the shape of its input (${shapeText(input)}); leave the node out`);
  }
  return shape;
}

function checkSame(names: readonly string[], inputs: readonly Shape[], problem: NodeProblem): Shape {
  const [a, b] = inputs as [Shape, Shape];
  if (!sameShape(a, b)) {
    throw problem(
      `.inputs: must have one shape, got ${names[0]} with ${shapeText(a)} and ${names[1]} with ${shapeText(b)}`,
    );
  }
  return a;
}

function concatenated(names: readonly string[], inputs: readonly Shape[], problem: NodeProblem): Shape {
  if (names.length < 2) throw problem(`.inputs: must be at least two, got ${names.length}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw problem(`.inputs: must differ, got ${twice} twice`);
  const first = inputs[0]!;
  const other = inputs.findIndex(({ height, width }) => height !== first.height || width !== first.width);
  if (other >= 0) {
    throw problem(
      `.inputs: must have one height and width, got ${names[0]} with ${shapeText(first)} and ` +
        `${names[other]} with ${shapeText(inputs[other]!)}`,
    );
  }
  return { ...first, channels: inputs.reduce((sum, { channels }) => sum + channels, 0) };
}

function shapeText({ height, width, channels }: Shape): string {
  return `${height}×${width}×${channels}`;
}

/** Number of window positions; a window never lies wholly in the padding. */
function slide(node: Window, input: Shape, problem: NodeProblem): Pick<Shape, 'height' | 'width'> {
  const [top, left, bottom, right] = node.padding;
  const [high, wide] = windowSpan(node);
  for (const [pad, span] of [
    [top, high],
    [bottom, high],
    [left, wide],
    [right, wide],
  ] as const) {
    if (pad >= span) throw problem(`.padding: must be smaller than the kernel, got ${pad} with a kernel of ${span}`);
  }
  const height = input.height + top + bottom;
  const width = input.width + left + right;
  if (high > height || wide > width) {
    throw problem(`.kernel: must fit in the padded input of ${height}×${width}, got ${high}×${wide}`);
  }
  return slidingOutput(input, node);
}

function checkWeights(node: GraphNode & { kind: 'conv' | 'dense' }, input: Shape, problem: NodeProblem): void {
  const weights = windowSize(node, input) * node.outChannels;
  if (weights > MAX_LAYER_WEIGHTS) throw problem(`: a layer has at most ${MAX_LAYER_WEIGHTS} weights, got ${weights}`);
}

function checkSize(shape: Shape, at: string, problem: Problem): void {
  if (elementCount(shape) > MAX_TENSOR_ELEMENTS) {
    throw problem(at, `: a tensor has at most ${MAX_TENSOR_ELEMENTS} elements, got ${elementCount(shape)}`);
  }
}
