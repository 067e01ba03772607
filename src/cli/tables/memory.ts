/** The table of `flexor memory`. */
import type { ModelMemories } from '../../app/memory.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type { MemoryUse } from '../../report/memories/figures.js';
import { formatTable, optional } from './table.js';

/** Two lines a layer, FleXOR and plain, and two for all of them. */
export function memoryTable({ layers, total }: ModelMemories): string {
  const headings = [
    ...['layer', '', optional(1, 'rows'), optional(3, 'ideal bits'), 'stored bits', 'reads a frame'],
    ...[optional(2, 'bits a frame'), 'made of', 'RAMB18', optional(4, 'packing')],
  ];
  const rows = layers.flatMap(({ name, flexor, plain }) => [row(name, 'FleXOR', flexor), row('', 'plain', plain)]);
  return formatTable(headings, [...rows, row('total', 'FleXOR', total.flexor), row('', 'plain', total.plain)]);
}

const MADE = { logic: 'LUTs', lutRam: 'LUT RAM', block: 'block RAM', outside: 'stream' } as const;

type AnyUse = Omit<MemoryUse, 'rows' | 'rowBits' | 'made'> & Partial<MemoryUse>;

function row(name: string, kind: string, use: AnyUse): string[] {
  const { rows, rowBits, made, idealBits, storedBits, readsPerFrame, bitsPerFrame, bram18, packing } = use;
  return [
    name,
    kind,
    rows === undefined || rowBits === undefined ? '' : `${formatCount(rows)} × ${formatCount(rowBits)}`,
    ...[idealBits, storedBits, readsPerFrame, bitsPerFrame].map(formatCount),
    made === undefined ? '' : MADE[made],
    formatCount(bram18),
    packing === null ? '' : formatPercent(packing),
  ];
}
