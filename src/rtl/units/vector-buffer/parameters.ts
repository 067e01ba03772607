/** What the cost and the paths of the unit depend on. */
export interface VectorBufferParameters {
  readonly bits: number;
  readonly inWidth: number;
  readonly size: number;
  readonly simd: number;
  readonly steps: number;
}

/** Elements of a bank's word: a beat, or where that holds the stretches of several lanes, a stretch. */
export function wordWidth({ inWidth, steps }: Pick<VectorBufferParameters, 'inWidth' | 'steps'>): number {
  return Math.min(inWidth, steps);
}
