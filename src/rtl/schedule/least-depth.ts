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
 * is never slower. Goes from `guess` in steps that double until it has seen both, then halves what is left. Where there is no
 * better guess than `fails`, two depths that a burst overflows tell one: each place more saves as many cycles. `pixel`: places
 * that a pixel takes, since FIFOs mostly hold whole ones.
 */
export function leastDepth(
  fails: number,
  passes: number,
  target: number,
  measure: (depth: number) => Measured,
  guess: number,
  pixel: number,
): LeastDepth {
  let [low, high] = [fails, passes];
  let atLow: Measured | null = null;
  let probe = guess > fails ? guess : alongLine(fails, target, measure);
  for (let step = 1; high - low > 1; step *= 2) {
    probe = Math.max(low + 1, Math.min(high - 1, probe));
    const found = measure(probe);
    if (found.interval <= target) high = probe;
    else [low, atLow] = [probe, found];
    if (low === fails) probe = high - step;
    else probe = high === passes ? low + step : between(low, high, pixel);
  }
  return { depth: high, proven: (atLow ?? measure(low)).exact };
}

/** Whole pixels first; then whether one place less than those does, too. */
function between(low: number, high: number, pixel: number): number {
  const middle = pixel * Math.round((low + high) / (2 * pixel));
  if (low < middle && middle < high) return middle;
  return high % pixel === 0 ? high - 1 : (low + high) >> 1;
}

/** Where the line through the intervals of this depth and the next one meets the target; the next one where there is none. */
function alongLine(depth: number, target: number, measure: (depth: number) => Measured): number {
  const [here, next] = [measure(depth).interval, measure(depth + 1).interval];
  const saved = here - next;
  return saved > 0 && here < Infinity ? depth + Math.ceil((here - target) / saved) : depth + 1;
}
