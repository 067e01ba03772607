/**
 * Concatenations move no number, so that all their inputs must have one format and one scale. Those are chosen here, before
 * the layers that round to them are lowered: all layers (and the image, where it takes part) whose outputs meet in a
 * concatenation, straight or through nodes that pass numbers on, share the format and scale of the union of their ranges.
 */
import { FlexorError } from '../base/errors.js';
import { INPUT_NAME } from '../graph/order.js';
import type { ActivationRange, ConcatNode, FlexorModel, ModelNode } from '../model/types.js';
import { activationFormat, outputRange, type ActivationFormat } from './scales.js';

/** Tensors that must be alike. */
interface Group {
  /** Names of the layers that round to the common format; INPUT_NAME for the image. */
  readonly members: Set<string>;
  /** A concatenation that they meet in, for messages. */
  readonly concat: ConcatNode;
}

/**
 * The common format of every layer that has one, by its name (INPUT_NAME for the image). `bitsOf` gives the bits that a
 * layer's output is asked to have. What cannot be alike is an error that names the concatenation.
 */
export function sharedFormats(
  model: FlexorModel,
  bitsOf: (name: string) => number,
): ReadonlyMap<string, ActivationFormat> {
  const nodes = new Map(model.nodes.map((node) => [node.name, node]));
  const formats = new Map<string, ActivationFormat>();
  for (const { members, concat } of groupsOf(model, nodes)) {
    const ranges = Array.from(members, (name) => rangeOf(model, nodes.get(name)));
    const range = {
      min: Math.min(...ranges.map(({ min }) => min)),
      max: Math.max(...ranges.map(({ max }) => max)),
    };
    const format = activationFormat(range, commonBits(members, concat, bitsOf), concat.name);
    for (const name of members) formats.set(name, format);
  }
  return formats;
}

/** Groups that share a member are one. */
function groupsOf(model: FlexorModel, nodes: ReadonlyMap<string, ModelNode>): readonly Group[] {
  let groups: Group[] = [];
  for (const concat of model.nodes.filter((node) => node.kind === 'concat')) {
    const members = new Set(concat.inputs.flatMap((name) => roundingLayers(name, concat, nodes)));
    const meets = ({ members: others }: Group): boolean => Array.from(others).some((name) => members.has(name));
    for (const { members: others } of groups.filter(meets)) for (const name of others) members.add(name);
    groups = [...groups.filter((group) => !meets(group)), { members, concat }];
  }
  return groups;
}

/** The layers whose rounding decides the numbers of a tensor. */
function roundingLayers(name: string, concat: ConcatNode, nodes: ReadonlyMap<string, ModelNode>): readonly string[] {
  const node = nodes.get(name);
  if (node === undefined) return [INPUT_NAME];
  switch (node.kind) {
    case 'conv':
    case 'dense':
    case 'add':
    case 'activation':
      return [name];
    case 'maxPool':
    case 'subsample':
    case 'flatten':
      return roundingLayers(node.input, concat, nodes);
    case 'concat':
      return node.inputs.flatMap((input) => roundingLayers(input, concat, nodes));
    case 'avgPool':
      throw new FlexorError(
        'unsupported',
        `layer ${concat.name}: an average pool is an exact sum, so that ${name} cannot have the scale of the other ` +
          'inputs; put a convolution between the two',
      );
  }
}

function rangeOf(model: FlexorModel, node: ModelNode | undefined): ActivationRange {
  if (node === undefined || !('range' in node)) return model.input.range;
  return 'relu' in node ? outputRange(node) : node.range;
}

function commonBits(members: ReadonlySet<string>, concat: ConcatNode, bitsOf: (name: string) => number): number {
  const [first, ...others] = Array.from(members);
  const bits = bitsOf(first!);
  const other = others.find((name) => bitsOf(name) !== bits);
  if (other === undefined) return bits;
  throw new FlexorError(
    'width',
    `layer ${concat.name}: what is concatenated must have one number of bits, got ${bits} of ${first} and ` +
      `${bitsOf(other)} of ${other}`,
  );
}
