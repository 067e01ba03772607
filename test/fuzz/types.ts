/** What a fuzz target is. */
import type { Random } from '../../src/base/random.js';

export interface Target {
  readonly name: string;
  /** Inputs that are right, from which wrong ones are made. */
  readonly seeds: readonly Uint8Array[];
  mutate(random: Random, seed: Uint8Array): Uint8Array;
  /** Reads the input as the tool would; `path` is a file that holds it. A FlexorError is an answer, anything else a finding. */
  run(bytes: Uint8Array, path: string): unknown;
  /** Ending of the file. */
  readonly ending: string;
}

/** What the thread that runs inputs says. */
export type FuzzMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'finding'; readonly index: number; readonly target: string; readonly what: string }
  | { readonly kind: 'done'; readonly accepted: Record<string, number>; readonly refused: Record<string, number> };

export interface FuzzJob {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly targets: readonly string[];
  /** Index of the input that runs; −1 before the first. */
  readonly current: Int32Array;
  /** Folder for the inputs. */
  readonly folder: string;
  /** Milliseconds since 1970 at which to stop; Infinity for never. */
  readonly until: number;
}
