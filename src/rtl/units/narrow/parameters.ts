/** What the cost and the paths of the unit depend on. */
export interface NarrowParameters {
  /** Of a part. */
  readonly bits: number;
  readonly ratio: number;
}
