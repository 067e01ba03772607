/** Tables of text: rows of cells in columns. */

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
