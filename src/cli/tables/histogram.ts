/** Histograms of the encrypted weights as lines of block characters. */
import { histogramBits } from '../../app/inspect.js';
import { formatCount } from '../../base/format.js';
import type { Inventory } from '../../model/inventory.js';
import type { EncryptedHistogram } from '../../model/types.js';
import { formatTable, optional } from './table.js';

const BLOCKS = [...'▁▂▃▄▅▆▇█'];

/** One line a plane, or one line that says that the file has none. */
export function histogramTable({ layers }: Inventory): string {
  const rows = layers.flatMap(({ name, weighted }) =>
    (weighted?.codes?.encryptedHistograms ?? []).flatMap((histogram, plane, all) =>
      histogram === null ? [] : [row(all.length === 1 ? name : `${name}, plane ${plane}`, histogram)],
    ),
  );
  if (rows.length === 0) return 'encrypted weights  the file has no histogram of them\n';
  const headings = [
    ...['encrypted weights', '', '−limit to +limit', '', optional(1, 'below'), optional(1, 'above')],
    ...[optional(2, 'bits 0'), optional(2, 'bits 1')],
  ];
  return `${formatTable(headings, rows)}\n`;
}

function row(name: string, histogram: EncryptedHistogram): string[] {
  const { limit, below, above } = histogram;
  const [zeros, ones] = histogramBits(histogram);
  return [name, `−${limit}`, bars(histogram), `+${limit}`, ...[below, above, zeros, ones].map(formatCount)];
}

/** Bars with a line at 0; a bin that is not empty shows at least the lowest block. */
function bars({ counts }: EncryptedHistogram): string {
  const highest = Math.max(1, ...counts);
  const text = counts.map((count) => (count === 0 ? ' ' : BLOCKS[Math.ceil((count / highest) * BLOCKS.length) - 1]!));
  const half = counts.length / 2;
  return `│${text.slice(0, half).join('')}│${text.slice(half).join('')}│`;
}
