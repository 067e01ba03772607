/** What a sweep of training runs gives. */
import type { EpochRecord, RunIdentity } from '../../train/run/checkpoint.js';

/** One finished run. */
export interface RunResult extends RunIdentity {
  /** Of the configuration; runs of one name differ in their seed. */
  readonly name: string;
  readonly seed: number;
  /** The command that repeats the run. */
  readonly recipe: string;
  readonly history: readonly EpochRecord[];
  /** 0 to 1, after the last epoch. */
  readonly testAccuracy: number;
}

/** A configuration over its seeds. */
export interface Configuration {
  readonly name: string;
  /** Accuracy that the paper gives, 0 to 1; null where it gives none. */
  readonly paper: number | null;
  readonly runs: readonly RunResult[];
}

export interface SweepResults {
  readonly title: string;
  readonly configurations: readonly Configuration[];
}
