/** Search for the least depth of one FIFO, in few measurements. */

/** What a depth gives. */
export interface Measured {
  /** Cycles between frames; Infinity where the design comes to a halt. */
  readonly interval: number;
  /** The interval is exact: it repeats, or the design halts. */
  readonly exact: boolean;
}

export interface LeastDepth {
  readonly depth: number;
  /** One place less halts the design or makes it slower for certain. */
  readonly proven: boolean;
}

/**
 * The least depth whose interval is at most `target`, given that `fails` does not reach it, `passes` does, and a deeper FIFO
 * is never slower. Goes up from `fails` in steps that double, then halves what is left.
 */
export function leastDepth(
  fails: number,
  passes: number,
  target: number,
  measure: (depth: number) => Measured,
): LeastDepth {
  let low = fails;
  let high = passes;
  let atLow: Measured | null = null;
  for (let step = 1; high - low > 1; step *= 2) {
    const probe = high < passes ? (low + high) >> 1 : Math.min(low + step, high - 1);
    const found = measure(probe);
    if (found.interval <= target) high = probe;
    else [low, atLow] = [probe, found];
  }
  return { depth: high, proven: (atLow ?? measure(low)).exact };
}
