/** The tables of `flexor import`. */
import type { ImportResult, Problem } from '../../app/import.js';
import { formatCount } from '../../base/format.js';
import { formatTable } from '../../base/table.js';

/** What could not be taken, node by node. */
export function problemTable(problems: readonly Problem[]): string {
  const rows = problems.map(({ node, operator, reason, remedy }) => [node, operator, reason, remedy]);
  return formatTable([['node', 'operator', 'reason', 'remedy'], ...rows]);
}

/** What was made, and how it compares with the graph. */
export function importText({ model, notes, verification }: ImportResult, out: string): string {
  const lines = [`${out}: ${formatCount(model.nodes.length)} nodes, ${formatCount(model.classes.length)} classes`];
  for (const note of notes) lines.push(`note: ${note}`);
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
  const header = ['tensor', 'node', 'elements', 'compared', 'float differs', 'integer differs', 'largest'];
  const { inputs, classDiffers } = verification;
  lines.push('', formatTable([header, ...rows]), '');
  lines.push(
    `${formatCount(inputs)} random inputs: ${formatCount(classDiffers)} have another class than the graph gives`,
  );
  return lines.join('\n');
}
