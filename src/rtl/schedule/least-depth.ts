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
 * is never slower. Goes from `guess` in steps that double until it has seen both, then halves what is left.
 */
export function leastDepth(
  fails: number,
  passes: number,
  target: number,
  measure: (depth: number) => Measured,
  guess: number,
): LeastDepth {
  let [low, high] = [fails, passes];
  let atLow: Measured | null = null;
  let probe = guess;
  for (let step = 1; high - low > 1; step *= 2) {
    probe = Math.max(low + 1, Math.min(high - 1, probe));
    const found = measure(probe);
    if (found.interval <= target) high = probe;
    else [low, atLow] = [probe, found];
    if (low === fails) probe = high - step;
    else probe = high === passes ? low + step : (low + high) >> 1;
  }
  return { depth: high, proven: (atLow ?? measure(low)).exact };
}
