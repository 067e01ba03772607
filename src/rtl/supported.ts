/** What an integer network can hold and hardware does not have yet; it is refused before anything is planned. */
import { FlexorError } from '../base/errors.js';
import { isWeighted } from '../graph/order.js';
import type { IntConcatNode, IntNetwork, IntNode, IntThresholdNode } from '../fixed/types.js';

/** A node for which there is hardware. */
export type BuiltNode = Exclude<IntNode, IntConcatNode | IntThresholdNode>;

/** The nodes of a network, if all of them have hardware; an error that names the first that has none. */
export function builtNodes(network: IntNetwork): readonly BuiltNode[] {
  return network.nodes.map(built);
}

function built(node: IntNode): BuiltNode {
  if (node.kind === 'concat') throw unsupported(node, 'a concatenation');
  if (node.kind === 'thresholds')
    throw unsupported(node, 'a quantiser or sum that no layer with weights is in front of');
  if (isWeighted(node) && node.twosComplement) throw unsupported(node, 'weights that are integers');
  if (node.kind !== 'conv') return node;
  if (node.groups > 1) throw unsupported(node, 'a convolution with groups');
  if (node.dilation.some((n) => n > 1)) throw unsupported(node, 'a convolution with dilation');
  return node;
}

function unsupported({ name }: IntNode, what: string): FlexorError {
  return new FlexorError('unsupported', `layer ${name}: there is no hardware for ${what} yet; simulate runs it`);
}
