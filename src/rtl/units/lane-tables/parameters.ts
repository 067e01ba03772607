/** What the cost and the paths of the unit depend on. */
export interface LaneTableParameters {
  readonly actBits: number;
  readonly simd: number;
  /** Lanes that share a table. */
  readonly tableLanes: number;
  /** Planes times PE: each reads all tables. */
  readonly channels: number;
  /** Levels of adders from one register to the next; 2. */
  readonly treeLevels?: number;
}

/** Bits of a table's entries. */
export function entryBits({ actBits, tableLanes }: Pick<LaneTableParameters, 'actBits' | 'tableLanes'>): number {
  return actBits + Math.ceil(Math.log2(tableLanes));
}
