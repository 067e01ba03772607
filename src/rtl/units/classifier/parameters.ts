/** What the cost and the paths of the unit depend on. */
export interface ClassifierParameters {
  readonly bits: number;
  readonly signed: boolean;
  readonly count: number;
  /** Logits a beat; 1. */
  readonly width?: number;
}
