/**
 * M⊕ as a JSON file, for `flexor design-xor` and `flexor train --xor`: `{"format": "flexor-xor", "rows": ["0110", …]}`,
 * one string per weight bit, character i for encrypted bit i. Other fields inform people and are not read.
 */
import { FlexorError } from '../base/errors.js';
import { readText } from '../base/files.js';
import { isObject, readJson, shown } from '../base/json.js';
import { xorMatrix } from './matrix.js';
import type { XorMatrix } from './types.js';

const FORMAT = 'flexor-xor';

/** Rows as strings of 0 and 1. */
export function matrixRows({ nIn, nOut, bits }: XorMatrix): string[] {
  return Array.from({ length: nOut }, (_, j) => bits.subarray(j * nIn, (j + 1) * nIn).join(''));
}

/** The matrix with these rows; `where` names them in errors. */
export function matrixFromRows(rows: readonly string[], where = 'M⊕'): XorMatrix {
  const nIn = rows[0]?.length ?? 0;
  rows.forEach((row, j) => {
    if (row.length !== nIn) {
      throw new FlexorError('data', `${where}: row ${j} must have ${nIn} characters like row 0, got ${row.length}`);
    }
    if (!/^[01]+$/.test(row)) throw new FlexorError('data', `${where}: row ${j} must be made of 0 and 1, got '${row}'`);
  });
  return xorMatrix(nIn, rows.length, Uint8Array.from(rows.join(''), Number), where);
}

/** The text of a file. */
export function matrixFileText(matrix: XorMatrix, information: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ format: FORMAT, ...information, rows: matrixRows(matrix) }, null, 2)}\n`;
}

/** Reads a matrix from a file of `readMatrixFile`, or from a text of rows of 0 and 1, with or without spaces between them. */
export function readMatrixText(path: string): XorMatrix {
  const text = readText(path);
  if (text.trimStart().startsWith('{')) return readMatrixFile(path);
  const rows = text.split('\n').flatMap((line) => {
    const row = line.replace(/#.*/, '').replace(/[\s,]+/g, '');
    return row === '' ? [] : [row];
  });
  if (rows.length === 0) throw new FlexorError('data', `${path}: has no rows of 0 and 1`);
  return matrixFromRows(rows, path);
}

/** Reads a file and checks it. */
export function readMatrixFile(path: string): XorMatrix {
  const content = readJson(path, 'data');
  const { format, rows } = isObject(content) ? content : {};
  if (format !== FORMAT) {
    throw new FlexorError(
      'data',
      `${path}: format must be '${FORMAT}', as flexor design-xor writes it, got ${shown(format)}`,
    );
  }
  if (!Array.isArray(rows) || !rows.every((row) => typeof row === 'string')) {
    throw new FlexorError('data', `${path}: rows must be a list of strings of 0 and 1`);
  }
  return matrixFromRows(rows, path);
}
