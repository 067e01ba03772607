/** What commands print on stdout: lines and JSON. */
import { clearProgress } from './progress.js';

/** One line (or several) of text on stdout. */
export function printLine(text = ''): void {
  clearProgress();
  process.stdout.write(`${text}\n`);
}

/** A result as JSON on stdout, for `--json`. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, null, 2));
}
