/**
 * Versions of the `.flexor` file. A model is written in the lowest version that has everything it needs, so that older
 * readers take what they can; a field in a file of a version that does not have it yet is refused.
 */
export const FORMAT_VERSIONS = [1, 2] as const;
export type FormatVersion = (typeof FORMAT_VERSIONS)[number];

/** The fields of a node's document that version 1 does not have. */
interface Versioned {
  readonly kind: string;
  readonly name: string;
  readonly dilation?: unknown;
  readonly groups?: unknown;
  readonly weights?: { readonly nominalNIn?: unknown } | { readonly values: unknown };
}

/** The lowest version that has these nodes, and the first field that makes it so (empty for version 1). */
export function versionOf(nodes: readonly Versioned[]): { readonly version: FormatVersion; readonly field: string } {
  for (const [i, node] of nodes.entries()) {
    const field = newField(node);
    if (field !== null) return { version: 2, field: `nodes[${i}] '${node.name}'.${field}` };
  }
  return { version: 1, field: '' };
}

/** The first field of version 2 in a node. */
function newField(node: Versioned): string | null {
  if (node.kind === 'concat') return 'kind';
  if (node.weights !== undefined && 'nominalNIn' in node.weights) return 'weights.nominalNIn';
  return (['dilation', 'groups'] as const).find((field) => node[field] !== undefined) ?? null;
}
