/** Properties of M⊕ as a table. */
import type { Distance, XorProperties } from '../../xor/properties.js';
import type { XorMatrix } from '../../xor/types.js';
import { formatTable, optional } from './table.js';

export interface XorLine {
  readonly name: string;
  readonly matrix: XorMatrix;
  readonly properties: XorProperties;
}

/** A line for each M⊕. */
export function xorTable(lines: readonly XorLine[]): string {
  return formatTable(
    [
      ...['M⊕', 'N_in', 'N_out', optional(2, 'different rows'), 'rank', optional(3, 'row distance'), 'code distance'],
      ...['XOR gates', optional(1, 'as chains'), 'depth'],
    ],
    lines.map(({ name, matrix, properties: p }) => [
      name,
      String(matrix.nIn),
      String(matrix.nOut),
      String(p.distinctRows),
      String(p.rank),
      distance(p.rowDistance),
      distance(p.codeDistance),
      count(p.gates),
      String(p.naiveGates),
      count(p.depth),
    ]),
  );
}

/** Minimum and mean. */
function distance({ min, mean }: Distance): string {
  return `${count(min)} / ${mean === null ? '–' : mean.toFixed(2)}`;
}

function count(n: number | null): string {
  return n === null ? '–' : String(n);
}
