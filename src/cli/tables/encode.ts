/** What `flexor encode` says: accuracy and memory of the model beside those of the encoded one. */
import type { Encoded } from '../../app/training/encode.js';
import { formatCount, formatPercent } from '../../base/format.js';
import { formatTable } from './table.js';

export function encodeText(file: string, { before, after, layers, model }: Encoded): string {
  const images = formatCount(model.provenance.testImages ?? 0);
  return [
    '',
    formatTable(
      ['layer', 'weights', 'bits before', 'bits after'],
      layers.map(({ name, weights, bits }) => [name, ...[weights, ...bits].map(formatCount)]),
    ),
    '',
    formatTable(
      ['', 'bits a weight', 'bits of weights', `right of ${images}`],
      [before, after].map((side, i) => [
        i === 0 ? 'before' : 'after',
        side.bitsPerWeight.toFixed(3),
        formatCount(side.weightBits),
        formatPercent(side.testAccuracy),
      ]),
    ),
    `wrote ${file}`,
  ].join('\n');
}
