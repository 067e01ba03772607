/** Gates and area of decryptors over kinds of M⊕, and from how many weights they pay. */
import { loadOptional } from '../base/optional.js';
import { FlexorError } from '../base/errors.js';
import { prepareOutput, saveResult } from '../base/output.js';
import { DEFAULT_LIBERTY, readLibrary } from '../report/area/liberty/library.js';
import { sweepCsv } from '../report/price/sweep/csv.js';
import { REFERENCE_CHANNELS } from '../report/price/sweep/reference-layer.js';
import { sweepPrices } from '../report/price/sweep/sweep.js';
import type { SweepReport, Taps } from '../report/price/sweep/types.js';
import { cacheFolder } from '../toolchain/paths.js';
import { withProgress, type StartProgress } from './progress.js';
import type { SynthesisOptions } from './synthesis.js';

export interface PriceSweepOptions extends SynthesisOptions {
  /** N_out, N_in/N_out and taps, every one with every other. */
  readonly nout: readonly number[];
  readonly ratios: readonly number[];
  readonly taps: readonly Taps[];
  /** Matrices of each kind, and the seed of the first. */
  readonly seeds: number;
  readonly seed: number;
  /** Weight bits a cycle of a decryptor. */
  readonly pe: number;
  readonly xorIterations: number;
  /** Files for the rows and for the plot. */
  readonly csv?: string;
  readonly svg?: string;
}

/** Synthesises the decryptors, and writes the files that are named. */
export async function sweepDecryptorPrices(options: PriceSweepOptions, start: StartProgress): Promise<SweepReport> {
  const { nout: outputs, ratios, taps, seeds, seed: firstSeed, pe, xorIterations: iterations } = options;
  if (REFERENCE_CHANNELS % pe !== 0) {
    throw new FlexorError(
      'usage',
      `--pe must divide the ${REFERENCE_CHANNELS} channels of the reference layer, got ${pe}`,
    );
  }
  for (const file of [options.csv, options.svg]) if (file !== undefined) prepareOutput(file);
  const request = { outputs, ratios, taps, seeds, firstSeed, pe, iterations };
  const library = readLibrary(options.liberty ?? DEFAULT_LIBERTY);
  const report = await withProgress(start, 'price sweep', 1, (onProgress) =>
    sweepPrices(request, {
      library,
      engine: options.yosys,
      cache: cacheFolder(options.cache),
      timeoutSeconds: options.timeout,
      jobs: options.jobs,
      onProgress,
    }),
  );
  if (options.csv !== undefined) saveResult(options.csv, sweepCsv(report));
  if (options.svg !== undefined) {
    const { sweepChart } = await loadOptional('charts', () => import('../report/price/sweep/chart.js'));
    saveResult(options.svg, sweepChart(report));
  }
  return report;
}
