/** One measurement of a design by synthesis. */
import { FlexorError } from '../base/errors.js';
import { measureArea } from '../report/area/area.js';
import { DEFAULT_LIBERTY, readLibrary } from '../report/area/liberty/library.js';
import type { Library } from '../report/area/liberty/library.js';
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import type { GeneratedDesign } from '../rtl/generate.js';
import { cacheFolder } from '../toolchain/paths.js';
import type { YosysEngine } from '../toolchain/yosys.js';
import { withProgress, type StartProgress } from './progress.js';

export interface SynthesisOptions {
  readonly liberty?: string;
  readonly yosys: YosysEngine;
  readonly timeout: number;
  readonly jobs: number;
  readonly cache?: string;
}

/** The cells of target asic, else null. Read first, so that what is wrong with it does not wait for a synthesis. */
export function libraryFor(targets: readonly AreaTarget[], liberty: string | undefined): Library | null {
  if (targets.includes('asic')) return readLibrary(liberty ?? DEFAULT_LIBERTY);
  if (liberty === undefined) return null;
  throw new FlexorError('usage', `--liberty is for --target asic, not for --target ${targets.join(',')}`);
}

/** What to measure besides the design itself. */
export interface Measurement {
  readonly target: AreaTarget;
  readonly library: Library | null;
  readonly plain: boolean;
  readonly checkFlat?: boolean;
  /** Of nextpnr, for place and route. */
  readonly seeds?: readonly number[];
}

/** Synthesises a design, or finds the results of an earlier run. */
export function measureDesign(
  generated: GeneratedDesign,
  { target, library, plain, checkFlat = false, seeds = [] }: Measurement,
  options: SynthesisOptions,
  start: StartProgress,
): Promise<AreaReport> {
  return withProgress(start, `synthesis for ${target}`, 1, (onProgress) =>
    measureArea(generated, {
      ...{ target, library: target === 'asic' ? library : null, plain, checkFlat, seeds },
      engine: options.yosys,
      cache: cacheFolder(options.cache),
      timeoutSeconds: options.timeout,
      jobs: options.jobs,
      onProgress: (done, total, title) => onProgress(done / total, title),
    }),
  );
}
