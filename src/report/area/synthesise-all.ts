/** Many syntheses, a few at once. */
import { onInterrupt } from '../../base/cleanup.js';
import { FlexorError } from '../../base/errors.js';
import { inParallel } from '../../base/parallel.js';
import { synthesise } from './synthesise.js';
import type { Synthesis, SynthesisOptions, Unit } from './synthesise.js';

export interface ParallelOptions extends SynthesisOptions {
  /** Syntheses at once. */
  readonly jobs: number;
  /** Called when a synthesis begins and when it ends. */
  readonly onProgress?: (done: number, total: number, title: string) => void;
}

/** Syntheses by what they are of; an error names the unit. */
export async function synthesiseAll<U extends Unit>(
  units: readonly U[],
  { jobs, onProgress, ...options }: ParallelOptions,
): Promise<ReadonlyMap<U, Synthesis>> {
  const results = new Map<U, Synthesis>();
  const one = async (unit: U, signal: AbortSignal): Promise<void> => {
    onProgress?.(results.size, units.length, unit.title);
    try {
      results.set(unit, await synthesise(unit, { ...options, signal }));
    } catch (error) {
      throw withTitle(error, unit);
    }
    onProgress?.(results.size, units.length, unit.title);
  };
  const release = onInterrupt(() =>
    results.size === 0
      ? null
      : `${results.size} of ${units.length} syntheses are done and kept; the same command goes on from there`,
  );
  try {
    await inParallel(units, jobs, one, options.signal);
  } finally {
    release();
  }
  return results;
}

function withTitle(error: unknown, { title }: Unit): unknown {
  if (!(error instanceof FlexorError) || error.code === 'interrupted') return error;
  return new FlexorError(error.code, `area of ${title}: ${error.message}`, { cause: error });
}
