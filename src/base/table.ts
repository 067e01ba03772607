/** Tables of text: rows of cells in columns. */

const NUMERIC = /^[-+]?[\d.,]+( ?[%×x])?$|^(never|[-–])?$/;

/** Spaces between two columns. */
export const GAP = 2;

/** Lines of a heading and of rows below it, in columns; columns of numbers are aligned to the right. */
export function alignRows(
  heading: readonly (readonly string[])[],
  rows: readonly (readonly string[])[],
): { readonly heading: string[]; readonly rows: string[] } {
  const all = [...heading, ...rows];
  const columns = Math.max(...all.map((row) => row.length));
  const layout = Array.from({ length: columns }, (_, i) => ({
    width: Math.max(...all.map((row) => (row[i] ?? '').length)),
    right: rows.every((row) => NUMERIC.test(row[i] ?? '')),
  }));
  const line = (row: readonly string[]): string =>
    layout
      .map(({ width, right }, i) => (right ? (row[i] ?? '').padStart(width) : (row[i] ?? '').padEnd(width)))
      .join(' '.repeat(GAP))
      .trimEnd();
  return { heading: heading.map(line), rows: rows.map(line) };
}

/** A table whose first row is the heading. */
export function formatTable([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const lines = alignRows([heading], rows);
  return [...lines.heading, ...lines.rows].join('\n');
}
