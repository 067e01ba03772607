/** How the number formats of a network fit its activations. */
import { formatCount, formatPercent, formatShort, headroomText } from '../../base/format.js';
import type { Calibration } from '../../report/calibration.js';
import { formatTable, optional } from './table.js';

export function calibrationText({ images, layers }: Omit<Calibration, 'warnings'>): string {
  const headings = [
    ...['activations of', 'bits', 'stated range', optional(1, 'seen'), 'saturated', optional(2, 'codes')],
    ...['unused codes', 'headroom, bits'],
  ];
  const span = (range: { readonly min: number; readonly max: number }): string =>
    `${formatShort(range.min)} to ${formatShort(range.max)}`;
  const rows = layers.map(({ layer, bits, range, seen, saturated, codes, unusedCodes, headroomBits }) => [
    ...[layer, String(bits), span(range), seen === null ? '' : span(seen)],
    saturated === null ? '' : formatPercent(saturated),
    ...[formatCount(codes), formatCount(unusedCodes), headroomText(headroomBits)],
  ]);
  const some = images === 1 ? 'the first image' : `the first ${formatCount(images)} images`;
  return `${formatTable(headings, rows)}\nof ${some}; headroom below 0: the format is too narrow`;
}
