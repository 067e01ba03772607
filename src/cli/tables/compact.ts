/** What `flexor compact` says: each layer before and after. */
import type { CompactResult } from '../../app/compact.js';
import { formatCount } from '../../base/format.js';
import { formatTable, optional } from './table.js';

export function compactText({ file, layers, storedBits, bitsPerWeight }: CompactResult): string {
  const change = ([before, after]: readonly [number, number], show: (n: number) => string = formatCount): string =>
    before === after ? show(before) : `${show(before)} → ${show(after)}`;
  const rows = layers.map((layer) => [
    layer.name,
    change(layer.nIn),
    String(layer.nOut),
    change(layer.storedBits),
    change(layer.gates),
  ]);
  const rate = change(bitsPerWeight, (n) => n.toFixed(3));
  return [
    formatTable(
      ['layer', 'N_in', 'N_out', 'stored bits', optional(1, 'XOR gates')],
      [...rows, ['total', '', '', change(storedBits), '']],
    ),
    `${rate} bits a weight; every decrypted bit as before`,
    `wrote ${file}`,
  ].join('\n');
}
