/**
 * Versions of the `.flexor` file. A model is written in the lowest version that has everything it needs, so that older
 * readers take what they can; a field in a file of a version that does not have it yet is refused.
 */
export const FORMAT_VERSIONS = [1, 2] as const;
export type FormatVersion = (typeof FORMAT_VERSIONS)[number];

/** The fields of a document that version 1 does not have. */
interface Versioned {
  readonly input: { readonly quantiser?: unknown };
  readonly nodes: readonly VersionedNode[];
  readonly data?: unknown;
  readonly reference?: unknown;
}

interface VersionedNode {
  readonly kind: string;
  readonly name: string;
  readonly dilation?: unknown;
  readonly groups?: unknown;
  readonly quantiser?: unknown;
  readonly weights?: { readonly encoding: string; readonly order: string; readonly nominalNIn?: unknown };
}

/** The lowest version that has a document's fields, and the first field that makes it so (empty for version 1). */
export function versionOf({ input, nodes, data, reference }: Versioned): {
  readonly version: FormatVersion;
  readonly field: string;
} {
  if (input.quantiser !== undefined) return { version: 2, field: 'input.quantiser' };
  for (const [i, node] of nodes.entries()) {
    const field = newField(node);
    if (field !== null) return { version: 2, field: `nodes[${i}] '${node.name}'.${field}` };
  }
  if (data !== undefined) return { version: 2, field: 'data' };
  if (reference !== undefined) return { version: 2, field: 'reference' };
  return { version: 1, field: '' };
}

/** The first field of version 2 in a node. */
function newField(node: VersionedNode): string | null {
  if (node.kind === 'concat' || node.kind === 'activation') return 'kind';
  if (node.weights?.encoding === 'int') return 'weights.encoding';
  if (node.weights?.nominalNIn !== undefined) return 'weights.nominalNIn';
  if (node.weights?.order === 'oihw') return 'weights.order';
  return (['dilation', 'groups', 'quantiser'] as const).find((field) => node[field] !== undefined) ?? null;
}
