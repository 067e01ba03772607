/** The terminal that a command writes to: how wide it is, and whether it shows colours. */
import { isatty, WriteStream } from 'node:tty';

/** Columns that every table fits in, and what is assumed where nobody says otherwise. */
export const LEAST_COLUMNS = 80;

export type Stream = 'output' | 'error';

const HANDLES: Readonly<Record<Stream, number>> = { output: 1, error: 2 };

/** True where the stream is a terminal. */
export function isTerminal(stream: Stream): boolean {
  return isatty(HANDLES[stream]);
}

/** Columns of the terminal behind a stream, read anew each time, because windows change; null where it is none. */
export function terminalColumns(stream: Stream): number | null {
  if (!isTerminal(stream)) return null;
  terminals[stream] ??= new WriteStream(HANDLES[stream]);
  const [columns] = terminals[stream].getWindowSize();
  return columns > 0 ? columns : null;
}

const terminals: Partial<Record<Stream, WriteStream>> = {};

/**
 * Columns that text on stdout may take: what the environment variable COLUMNS says, else the terminal's width, else 80,
 * and never fewer than 80.
 */
export function textWidth(): number {
  const stated = Number(process.env['COLUMNS']);
  const columns = Number.isInteger(stated) && stated > 0 ? stated : terminalColumns('output');
  return Math.max(LEAST_COLUMNS, columns ?? LEAST_COLUMNS);
}
