/** What commands print on stdout: lines, JSON, tables. */
import { clearProgress } from './progress.js';

export { formatCount, formatFrom, formatPercent } from '../base/format.js';

/** One line (or several) of text on stdout. */
export function printLine(text = ''): void {
  clearProgress();
  process.stdout.write(`${text}\n`);
}

/** A result as JSON on stdout, for `--json`. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, null, 2));
}

/** Aligns rows of cells into columns; the first row is the heading. Columns of numbers are aligned to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const numeric = /^[-+]?[\d.,]+( ?[%×x])?$|^(never|[-–])?$/;
  const layout = Array.from({ length: columns }, (_, i) => ({
    width: Math.max(...rows.map((row) => (row[i] ?? '').length)),
    right: rows.slice(1).every((row) => numeric.test(row[i] ?? '')),
  }));
  const line = (row: readonly string[]): string =>
    layout
      .map(({ width, right }, i) => (right ? (row[i] ?? '').padStart(width) : (row[i] ?? '').padEnd(width)))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}
