/**
 * Two kinds of errors. The user's (bad file, bad option, missing tool) are FlexorError: one line that gives the rule,
 * the offending value, where it was found and the remedy. Ours are plain Errors whose text starts with `internal:`.
 */

export type ErrorCode =
  | 'usage'
  | 'model-file'
  | 'data'
  | 'fold'
  | 'width'
  | 'unsupported'
  | 'tool'
  | 'file-system'
  | 'mismatch'
  | 'interrupted';

/** An error that the user can act on. `code` is stable; `message` is one line. */
export class FlexorError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    // Names and texts of files may hold anything; on a terminal, control characters do things.
    super(oneLine(message).replace(/\p{Cc}/gu, '?'), options);
    this.name = 'FlexorError';
    this.code = code;
  }

  /** 2 for a wrong command line, 1 for everything else. */
  get exitCode(): 1 | 2 {
    return this.code === 'usage' ? 2 : 1;
  }
}

/** Throws an `internal:` error when an invariant of our own does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}

/** The message of anything thrown, on one line. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
