/** What the cost of a unit is a linear function of, and what follows from its parameters alone. */

/** Amounts of things that take LUTs or flip-flops, by name; the coefficients are fitted to syntheses. */
export type Amounts = Readonly<Record<string, number>>;

export interface Features {
  readonly luts: Amounts;
  readonly flipFlops: Amounts;
  /** LUTs that serve as memory, block RAMs of 18 kbit, DSP blocks: by the rules of memory.ts and multiplier.ts. */
  readonly lutRams: number;
  readonly bram18: number;
  readonly multipliers: number;
  /** Bits of the unit's memories, whatever they are made of. */
  readonly memoryBits: number;
}

/** Bits of a counter that takes n values. */
export function counterBits(n: number): number {
  return n <= 1 ? 1 : Math.ceil(Math.log2(n));
}
