/** What an integer network can hold and hardware does not have yet. */
import { FlexorError } from '../base/errors.js';
import type { IntNode, IntThresholdNode } from '../fixed/types.js';

/** A node for which there may be hardware. */
export type BuiltNode = Exclude<IntNode, IntThresholdNode>;

/** The node, if there is hardware for it; else an error that says what has none. */
export function builtNode(node: IntNode): BuiltNode {
  if (node.kind === 'thresholds')
    throw unsupported(node, 'a quantiser or sum that no layer with weights is in front of');
  return node;
}

function unsupported({ name }: IntNode, what: string): FlexorError {
  return new FlexorError('unsupported', `layer ${name}: there is no hardware for ${what} yet; simulate runs it`);
}
