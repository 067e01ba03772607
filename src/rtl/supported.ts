/** What an integer network can hold and hardware does not have yet. */
import { FlexorError } from '../base/errors.js';
import type { IntNode, IntThresholdNode } from '../fixed/types.js';

/** A node for which there may be hardware. */
export type BuiltNode = Exclude<IntNode, IntThresholdNode>;

/** The node, if there is hardware for it; else an error that says what has none. */
export function builtNode(node: IntNode): BuiltNode {
  if (node.kind === 'thresholds') {
    throw new FlexorError('unsupported', `layer ${node.name}: ${hardwareProblem(node)}; simulate runs it`);
  }
  return node;
}

/** What a node has no hardware for; null where there is some. */
export function hardwareProblem({ kind }: IntNode): string | null {
  if (kind !== 'thresholds') return null;
  return 'there is no hardware for a quantiser or sum that no layer with weights is in front of yet';
}
