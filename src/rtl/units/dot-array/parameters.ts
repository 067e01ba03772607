/** What the cost and the paths of the unit depend on. */
export interface DotArrayParameters {
  readonly actBits: number;
  readonly signed: boolean;
  readonly simd: number;
  /** Planes times PE. */
  readonly channels: number;
  readonly groups: number;
  readonly accBits: number;
}
