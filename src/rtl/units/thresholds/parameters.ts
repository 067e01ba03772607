/** What the cost and the paths of the unit depend on. */
export interface ThresholdParameters {
  readonly pe: number;
  /** Channels a cycle. */
  readonly width: number;
  readonly groups: number;
  readonly planes: number;
  readonly accBits: number;
  readonly sumBits: number;
  readonly joined: boolean;
  readonly dotBits: number;
  readonly factorBits: number;
  readonly thresholdBits: number;
  /** Dot products come as they are: there is nothing to subtract. */
  readonly sharedSums?: boolean;
  readonly outBits: number;
  readonly falls: boolean;
  /** Columns of a channel's thresholds that differ; null: all. */
  readonly columns: number | null;
}
