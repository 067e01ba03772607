/** What the cost and the paths of the unit depend on. */
/** Pairs are vertical and horizontal. */
export interface StreamPoolParameters {
  readonly maximum: boolean;
  readonly bits: number;
  /** Of the result; equal to `bits` for a maximum. */
  readonly outBits: number;
  readonly size: readonly [number, number];
  readonly channels: number;
  /** Elements of a beat. */
  readonly inWidth: number;
  readonly kernel: readonly [number, number];
  /** Ahead of the image: top and left. */
  readonly padding: readonly [number, number];
  readonly output: readonly [number, number];
}
