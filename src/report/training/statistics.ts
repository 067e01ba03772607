/** Means over seeds. */
import type { Configuration } from './types.js';

export interface Spread {
  readonly mean: number;
  /** Of the sample; 0 where there is one run. */
  readonly deviation: number;
}

export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}

/** Accuracy after the last epoch over the seeds. */
export function finalAccuracy({ runs }: Configuration): Spread {
  return spread(runs.map((run) => run.testAccuracy));
}

/** Mean over the seeds of something of each epoch; runs have equally many. */
export function epochMeans({ runs }: Configuration, of: 'loss' | 'testAccuracy'): number[] {
  const epochs = runs[0]!.history.length;
  return Array.from({ length: epochs }, (_, e) => spread(runs.map((run) => run.history[e]![of])).mean);
}
