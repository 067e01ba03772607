/** Options of commands that synthesise, and one measurement under a progress bar. */
import type { Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import type { IntNetwork } from '../fixed/types.js';
import { measureArea } from '../report/area/area.js';
import { DEFAULT_LIBERTY, readLibrary } from '../report/area/liberty/library.js';
import type { Library } from '../report/area/liberty/library.js';
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import type { RtlDesign } from '../rtl/types.js';
import { cacheFolder } from '../toolchain/paths.js';
import type { YosysEngine } from '../toolchain/yosys.js';
import { integer, oneOf, real } from './options.js';
import { withProgress } from './progress.js';

export interface SynthesisOptions {
  readonly liberty?: string;
  readonly yosys: YosysEngine;
  readonly timeout: number;
  readonly jobs: number;
  readonly cache?: string;
}

/** Adds --liberty, --yosys, --timeout, --jobs and --cache. */
export function addSynthesisOptions(command: Command): Command {
  return command
    .option('--liberty <file>', 'cells of target asic (default: hw/cells/flexor130.lib)')
    .option('--yosys <which>', 'npm (WebAssembly) or system', oneOf(['npm', 'system'] as const), 'npm')
    .option('--timeout <s>', 'time limit of one synthesis', real(1), 1200)
    .option('--jobs <n>', 'syntheses at once', integer(1, 64), 2)
    .option('--cache <dir>', 'folder of cached results (default: FLEXOR_CACHE, else build/cache)');
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
  readonly place?: boolean;
}

/** Synthesises a design, or finds the results of an earlier run. */
export function measureDesign(
  network: IntNetwork,
  design: RtlDesign,
  { target, library, plain, checkFlat = false, place = false }: Measurement,
  options: SynthesisOptions,
): Promise<AreaReport> {
  return withProgress(`synthesis for ${target}`, 1, (onProgress) =>
    measureArea(network, design, {
      ...{ target, library: target === 'asic' ? library : null, plain, checkFlat, place },
      engine: options.yosys,
      cache: cacheFolder(options.cache),
      timeoutSeconds: options.timeout,
      jobs: options.jobs,
      onProgress: (done, total, title) => onProgress(done / total, title),
    }),
  );
}
