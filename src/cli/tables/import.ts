/** The tables of `flexor import`. */
import type { ImportResult, Problem } from '../../app/import.js';
import { formatCount } from '../../base/format.js';
import { verdict } from '../terminal/colour.js';
import { formatTable, optional } from './table.js';
import { hang } from '../terminal/text.js';

/** What could not be taken, node by node. */
export function problemTable(problems: readonly Problem[]): string {
  const rows = problems.map(({ node, operator, reason, remedy }) => [node, operator, reason, remedy]);
  return formatTable(['node', 'operator', 'reason', 'remedy'], rows);
}

/** What was made, and how it compares with the graph. */
export function importText({ model, notes, verification }: ImportResult, out: string): string {
  const lines = [`${out}: ${formatCount(model.nodes.length)} nodes, ${formatCount(model.classes.length)} classes`];
  for (const note of notes) lines.push(hang('note: ', note));
  if (verification === null) return lines.join('\n');
  const rows = verification.tensors.map(({ tensor, node, elements, exact, floatDiffers, integerDiffers, largest }) => [
    tensor,
    node,
    formatCount(elements),
    exact ? 'integers' : 'near',
    formatCount(floatDiffers),
    formatCount(integerDiffers),
    largest.toPrecision(2),
  ]);
  const headings = [
    ...['tensor', optional(2, 'node'), optional(1, 'elements'), 'compared', 'float differs', 'integer differs'],
    optional(3, 'largest'),
  ];
  const { inputs, classDiffers } = verification;
  lines.push('', formatTable(headings, rows), '');
  const others = `${formatCount(classDiffers)} have another class than the graph gives`;
  lines.push(verdict(classDiffers === 0, `${formatCount(inputs)} inputs: ${others}`));
  return lines.join('\n');
}
