/**
 * What commands print. Every write is done when it returns, so that nothing is lost when the process ends. Output that
 * cannot be written does not stop the work, which may be hours of training: it is told when the command ends. A reader
 * that leaves early (head, less) is no failure.
 */
import type { FlexorError } from '../../base/errors.js';
import { writeStandard } from '../../base/files.js';
import { colour } from './colour.js';
import { clearProgress } from './progress-line.js';

let gone = false;
let failure: FlexorError | null = null;

/** Text on stdout. */
export function printText(text: string): void {
  clearProgress();
  if (gone) return;
  try {
    writeStandard('output', text);
  } catch (error) {
    gone = true;
    const { code } = (error as FlexorError).cause as NodeJS.ErrnoException;
    if (code !== 'EPIPE') failure = error as FlexorError;
  }
}

/** Why stdout could not be written; null where it could, or where its reader has left. */
export function outputFailure(): FlexorError | null {
  return failure;
}

/** One line (or several) of text on stdout. */
export function printLine(text = ''): void {
  printText(`${text}\n`);
}

/** A value that nobody changes, however deep; where a schema lets further fields be, they need not be declared. */
export type Immutable<T> = T extends readonly unknown[]
  ? { readonly [K in keyof T]: Immutable<T[K]> }
  : T extends object
    ? { readonly [K in keyof T as Declared<K, T[K]>]: Immutable<T[K]> }
    : T;

type Declared<K, V> = string extends K ? (unknown extends V ? never : K) : K;

/** What a schema of zod describes. Only the types of schemas are needed to print, not their code. */
export type Output<S extends { readonly _zod: { readonly output: unknown } }> = S['_zod']['output'];

/** A result as JSON on stdout, for `--json`, as its schema has it (cli/schemas). */
export function printJson<T extends { readonly schema: string }>(value: Immutable<T>): void {
  printLine(JSON.stringify(value, null, 2));
}

/** A line that says why a command failed or what is wrong. */
export function printComplaint(text: string): void {
  printError(`${colour('bad', 'flexor:', 'error')} ${text}\n`);
}

/** Text on stderr. */
export function printError(text: string): void {
  clearProgress();
  try {
    writeStandard('error', text);
  } catch {
    // There is nowhere else to say it.
  }
}

/** Predictions, where they were asked for without a file. */
export function printPredictions(predictions: string | true | undefined, text: string | null): void {
  if (predictions === true && text !== null) printText(text);
}

/** A line of warning each, on stderr. */
export function printWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) printError(`flexor: warning: ${warning}\n`);
}
