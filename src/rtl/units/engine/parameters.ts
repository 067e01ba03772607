/** What the cost and the paths of the unit depend on. */
export interface EngineParameters {
  readonly actBits: number;
  readonly simd: number;
  readonly pe: number;
  readonly groups: number;
  readonly steps: number;
  readonly planes: number;
  readonly accBits: number;
  readonly sumBits: number;
  /** Sums of activations that are kept, one for each group of a convolution; 1. */
  readonly sums?: number;
  readonly wordCycles: number;
  readonly rowsPerWord: number;
  readonly rows: number;
  /** Lanes that share a table of their partial sums (units/lane-tables); 0: adders add the lanes up. */
  readonly tableLanes?: number;
  /** An array of dot products stands in place of the MAC array (units/dot-array), with accumulators of its own. */
  readonly sharedSums?: boolean;
  /** Levels of adders from one register to the next; 2. */
  readonly treeLevels?: number;
}
