/** What the cost and the paths of the unit depend on. */
export interface VectorBufferParameters {
  readonly bits: number;
  readonly inWidth: number;
  readonly size: number;
  readonly simd: number;
  readonly steps: number;
}
