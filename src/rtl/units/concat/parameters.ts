/** What the cost and the paths of the unit depend on. */
export interface ConcatParameters {
  /** Of a beat. */
  readonly bits: number;
  /** Beats of a pixel of each input. */
  readonly beats: readonly number[];
}
