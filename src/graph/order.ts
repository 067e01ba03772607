/** Who reads whom in a graph, and which nodes have weights. */
import type { Inputs } from './types.js';

/** Name under which the first nodes read the network's input; no node may carry it. */
export const INPUT_NAME = 'input';

/** Names of what a node reads, in the order in which it takes them; a residual input comes last. */
export function inputsOf(node: Inputs): readonly string[] {
  if ('inputs' in node) return node.inputs;
  return node.residual ? [node.input, node.residual.input] : [node.input];
}

/** True for the nodes that have weights. */
export function isWeighted<N extends { readonly kind: string }>(
  node: N,
): node is Extract<N, { readonly kind: 'conv' | 'dense' }> {
  return node.kind === 'conv' || node.kind === 'dense';
}

/** Who reads each tensor, by its name, in the order of the nodes; what nothing reads has an empty list. */
export function readersOf<N extends Inputs & { readonly name: string }>(
  nodes: readonly N[],
): ReadonlyMap<string, readonly N[]> {
  const readers = new Map<string, N[]>([[INPUT_NAME, []], ...nodes.map(({ name }) => [name, []] as [string, N[]])]);
  for (const node of nodes) for (const name of inputsOf(node)) readers.get(name)?.push(node);
  return readers;
}
