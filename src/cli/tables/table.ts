/**
 * The printer of every table in the terminal. A table that is wider than the terminal gets, in this order, headings of
 * several lines, fewer columns, and rows as blocks of lines. Which columns go, and in which order, is stated where the
 * table is made (`optional`); a line below the table names those that went.
 */
import { alignRows, GAP } from '../../base/table.js';
import { colour } from '../terminal/colour.js';
import { textWidth } from '../terminal/screen.js';
import { hang, wrap } from '../terminal/text.js';

/** A heading that stays, or one of a column that goes where there is no room: those of the lowest number first. */
export type Heading = string | { readonly text: string; readonly drop: number };

/** Most lines of a heading. */
const HEADING_LINES = 4;

/** The heading of a column that may be left out; columns of the same number go together. */
export function optional(drop: number, text: string): Heading {
  return { text, drop };
}

type Row = readonly string[];

interface Column {
  readonly text: string;
  readonly drop: number;
  readonly cells: readonly string[];
}

/** A table; columns without a single entry are left out. */
export function formatTable(headings: readonly Heading[], rows: readonly Row[]): string {
  return fit(columnsOf(headings, rows), textWidth());
}

/**
 * A table of few rows and many columns: turned by 90 degrees where it is too wide, so that every column becomes a row.
 */
export function formatTurnable(headings: readonly Heading[], rows: readonly Row[]): string {
  const columns = columnsOf(headings, rows);
  const width = textWidth();
  if (headingLines(columns, width) !== null) return fit(columns, width);
  const [first, ...others] = columns.map(({ text, cells }) => [text, ...cells]);
  return fit(columnsOf(first ?? [], others), width);
}

function columnsOf(headings: readonly Heading[], rows: readonly Row[]): Column[] {
  const columns = headings.map((heading, i) => ({
    ...(typeof heading === 'string' ? { text: heading, drop: Infinity } : heading),
    cells: rows.map((row) => row[i] ?? ''),
  }));
  return columns.filter(({ cells }, i) => i === 0 || cells.some((cell) => cell !== '') || rows.length === 0);
}

function fit(columns: readonly Column[], width: number): string {
  let left = columns;
  let lines = headingLines(left, width);
  while (lines === null) {
    const next = Math.min(...left.map(({ drop }) => drop));
    if (next === Infinity) return blocks(columns, width);
    left = left.filter(({ drop }) => drop !== next);
    lines = headingLines(left, width);
  }
  const table = draw(left, lines);
  const gone = columns.filter((column) => !left.includes(column)).map(({ text }) => text);
  if (gone.length === 0) return table;
  const names = [...new Set(gone)].join(', ');
  return `${table}\n${wrap(`(no room for ${names}; --json has all, COLUMNS=200 shows all)`, width).join('\n ')}`;
}

/** The heading in the fewest lines in which the table fits; null where none will do. */
function headingLines(columns: readonly Column[], width: number): string[][] | null {
  for (let height = 1; height <= HEADING_LINES; height++) {
    const headings = columns.map((column) => brokenHeading(column, height));
    if (total(columns.map(({ cells }, i) => longest([...headings[i]!, ...cells]))) > width) continue;
    // Headings stand on the cells below them.
    const used = Math.max(...headings.map((each) => each.length));
    return Array.from({ length: used }, (_, i) => headings.map((each) => each[i - used + each.length] ?? ''));
  }
  return null;
}

/** A heading in at most so many lines, as narrow as its cells where that can be. */
function brokenHeading({ text, cells }: Column, lines: number): string[] {
  let width = longest([...(lines === 1 ? [text] : text.split(' ')), ...cells]);
  while (wrap(text, width).length > lines) width++;
  return wrap(text, width);
}

function draw(columns: readonly Column[], headings: readonly Row[]): string {
  const count = columns[0]?.cells.length ?? 0;
  const body = Array.from({ length: count }, (_, i) => columns.map(({ cells }) => cells[i]!));
  const { heading, rows } = alignRows(headings, body);
  return [...heading.map((line) => colour('heading', line)), ...rows].join('\n');
}

/** Each row as lines of heading and cell, for what no table can hold. */
function blocks(columns: readonly Column[], width: number): string {
  const count = columns[0]?.cells.length ?? 0;
  const indent = longest(columns.map(({ text }) => text)) + GAP;
  return Array.from({ length: count }, (_, i) =>
    columns
      .filter(({ cells }) => cells[i] !== '')
      .map(({ text, cells }) => hang(text.padEnd(indent), cells[i]!, width))
      .join('\n'),
  ).join('\n\n');
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP * Math.max(0, widths.length - 1));
}
