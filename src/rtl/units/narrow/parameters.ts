/** What the cost and the paths of the unit depend on. */
export interface NarrowParameters {
  readonly bits: number;
  readonly ratio: number;
  /** Of a frame, where the last beat of one may hold fewer; absent: every beat is full. */
  readonly parts?: number;
}
