/** What the cost and the paths of the unit depend on. */
export interface DeepFifoParameters {
  readonly width: number;
  readonly depth: number;
}
