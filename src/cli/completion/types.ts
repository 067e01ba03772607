/** What completion in a shell needs to know of the command line. */

/** What stands behind an option or as an argument. */
export interface CompletedValue {
  readonly kind: 'none' | 'file' | 'folder' | 'other';
  /** Words that are offered, perhaps beside files. */
  readonly words: readonly string[];
}

export interface CompletedOption {
  /** `-o`, `--output`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: CompletedValue;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments are. */
  readonly argument: CompletedValue;
}
