/**
 * Tables as text (CSV of RFC 4180, with commas, semicolons or tabs): a row is an example, a column a number, one column the
 * class. The first row names the columns where one of its other cells is no number.
 */
import { FlexorError } from '../../base/errors.js';
import { readText } from '../../base/files.js';
import { printable } from '../../base/json.js';
import { checkElements, dataProblem, MOST_SIDE } from './limits.js';
import type { OwnOptions, RawPart } from './types.js';

const MOST_FILE_BYTES = 2 ** 28;
/** Columns that hold the class where the user names none, the first that there is; else the last column does. */
const USUAL_LABELS = ['label', 'class', 'target', 'y'];

/** Reads a table row by row: only numbers and labels stay in memory. */
export function readTable(path: string, options: OwnOptions): RawPart {
  const rows = parseRows(readText(path, MOST_FILE_BYTES), path);
  const head = [rows.next().value, rows.next().value].filter((row) => row !== undefined);
  const first = head[0];
  if (first === undefined) throw dataProblem(path, 'a table has rows, here is none');
  const columns = first.cells.length;
  if (columns < 2 || columns > MOST_SIDE) {
    throw dataProblem(path, `a table has 2 to ${MOST_SIDE} columns (numbers and the class), got ${columns}`);
  }
  const named = hasHeader(first.cells, head[1]?.cells);
  const label = labelColumn(first.cells, named, options.label, path);
  const examples = new Examples(columns - 1, path);
  const take = ({ cells, line }: Row): void => {
    if (cells.length !== columns) {
      throw dataProblem(`${path}: line ${line}`, `must have ${columns} columns as the first row, got ${cells.length}`);
    }
    const numbers: number[] = [];
    for (let c = 0; c < columns; c++) {
      if (c === label) continue;
      const value = numberOf(cells[c]!);
      if (Number.isNaN(value)) {
        const where = `${path}: line ${line}: ${columnName(first.cells, named, c)}`;
        const remedy = 'remove the row or the column, or write the cell as a number';
        throw dataProblem(where, `must be a number, got '${printable(cells[c]!.trim())}'; ${remedy}`);
      }
      numbers.push(value);
    }
    const name = cells[label]!.trim();
    if (name === '') throw dataProblem(`${path}: line ${line}`, 'the class is empty; remove the row');
    examples.add(numbers, name, line);
  };
  for (const row of named ? head.slice(1) : head) take(row);
  for (const row of rows) take(row);
  return examples.part();
}

/** Rows that were taken, in arrays that grow. */
class Examples {
  private values = new Float32Array(1024);
  private readonly labels: string[] = [];
  private readonly lines: string[] = [];
  /** One string for each name: a piece of the file's text would keep all of it. */
  private readonly known = new Map<string, string>();

  constructor(
    private readonly features: number,
    private readonly path: string,
  ) {}

  add(numbers: readonly number[], label: string, line: number): void {
    const at = this.labels.length * this.features;
    const end = at + this.features;
    checkElements(end, false, this.path);
    if (end > this.values.length) {
      const grown = new Float32Array(Math.max(end, 2 * this.values.length));
      grown.set(this.values);
      this.values = grown;
    }
    this.values.set(numbers, at);
    const name = this.known.get(label) ?? Buffer.from(label).toString();
    this.known.set(name, name);
    this.labels.push(name);
    this.lines.push(`line ${line}`);
  }

  part(): RawPart {
    const count = this.labels.length;
    return {
      count,
      shape: { height: 1, width: 1, channels: this.features },
      images: this.values.slice(0, count * this.features),
      labels: this.labels,
      names: this.lines,
      where: this.path,
    };
  }
}

function columnName(first: readonly string[], named: boolean, column: number): string {
  return named ? `column '${printable(first[column]!.trim())}'` : `column ${column}`;
}

/** In single precision; NaN for what is no finite number there. */
function numberOf(cell: string): number {
  const value = Math.fround(Number(cell));
  return Number.isFinite(value) && (value !== 0 || cell.trim() !== '') ? value : NaN;
}

function isNumber(cell: string): boolean {
  return !Number.isNaN(numberOf(cell));
}

/** Names stand over numbers: a text of the first row that a number stands below. Classes may be texts. */
function hasHeader(first: readonly string[], second: readonly string[] | undefined): boolean {
  if (second === undefined) return false;
  return first.some((cell, c) => !isNumber(cell) && isNumber(second[c] ?? ''));
}

function labelColumn(first: readonly string[], named: boolean, wanted: string | undefined, path: string): number {
  const names = named ? first.map((name) => name.trim()) : [];
  if (wanted === undefined) {
    const usual = USUAL_LABELS.map((name) => names.findIndex((each) => each.toLowerCase() === name));
    return usual.find((column) => column >= 0) ?? first.length - 1;
  }
  const byName = names.indexOf(wanted);
  if (byName >= 0) return byName;
  const number = /^-?\d+$/.test(wanted) ? Number(wanted) : NaN;
  const column = number < 0 ? first.length + number : number;
  if (column >= 0 && column < first.length) return column;
  const choice = named ? `${printable(names.join(', '), 200)}, or a number` : 'a number';
  throw new FlexorError(
    'usage',
    `--label must be a column of ${path}: ${choice} from 0 to ${first.length - 1}, got '${printable(wanted)}'`,
  );
}

interface Row {
  /** In the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** The separator that the first line has most of. */
function separatorOf(text: string): string {
  const line = text.slice(0, (text.indexOf('\n') + 1 || text.length + 1) - 1);
  const counts = ['\t', ';', ','].map((separator) => [line.split(separator).length, separator] as const);
  return counts.reduce((best, each) => (each[0] > best[0] ? each : best))[1];
}

/** Rows with cells, one after the other; empty lines are left out. */
function* parseRows(text: string, path: string): Generator<Row, undefined> {
  const separator = separatorOf(text);
  let line = 1;
  for (let at = 0; at < text.length;) {
    const row = readRow(text, at, separator);
    if (row === null) throw dataProblem(`${path}: line ${line}`, 'a quoted cell does not end; close it with a quote');
    if (row.cells.length > 1 || row.cells[0]!.trim() !== '') yield { line, cells: row.cells };
    line += row.lines;
    at = row.end;
  }
}

/** The row from `at` on, and where the next begins; null where a quoted cell does not end. */
function readRow(text: string, at: number, separator: string): { cells: string[]; end: number; lines: number } | null {
  const lineEnd = (text.indexOf('\n', at) + 1 || text.length + 1) - 1;
  const line = text.slice(at, lineEnd);
  if (!line.includes('"')) {
    return { cells: line.replace(/\r$/, '').split(separator), end: lineEnd + 1, lines: 1 };
  }
  const cells: string[] = [];
  let lines = 1;
  for (let from = at; ;) {
    let cell = '';
    if (text[from] === '"') {
      for (let quote = from + 1; ;) {
        const end = text.indexOf('"', quote);
        if (end < 0) return null;
        cell += text.slice(quote, end);
        from = end + 1;
        if (text[from] !== '"') break;
        cell += '"';
        quote = from + 1;
      }
      lines += cell.split('\n').length - 1;
    }
    let end = from;
    while (end < text.length && text[end] !== separator && text[end] !== '\n') end++;
    cells.push(cell + text.slice(from, end).replace(/\r$/, ''));
    if (text[end] !== separator) return { cells, end: end + 1, lines };
    from = end + 1;
  }
}
