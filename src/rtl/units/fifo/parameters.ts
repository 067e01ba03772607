/** What the cost and the paths of the unit depend on. */
export interface FifoParameters {
  readonly width: number;
  readonly depth: number;
}
