/** What the list of commands holds of each. */
import type { Command } from 'commander';

/** Adds arguments, options, help and action. */
export type Define = (command: Command) => void;

export interface CommandEntry {
  readonly name: string;
  /** Heading below which the help lists it. */
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly define: Define }>;
}
