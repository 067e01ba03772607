import type { GroupSums } from '../group-sums.js';

/** What the cost and the paths of the unit depend on. */
export interface ThresholdParameters extends GroupSums {
  readonly thresholdBits: number;
  /** Dot products come as they are: there is nothing to subtract. */
  readonly sharedSums?: boolean;
  readonly falls: boolean;
  /** Columns of a channel's thresholds that differ; null: all. */
  readonly columns: number | null;
}
