/**
 * Co-simulation in Verilator: build the design (cached), run images through it with stalls on both sides, compare every
 * value with the integer network and every predicted cycle with the measured one.
 */
import { resolve } from 'node:path';
import { folderWithin } from '../base/cleanup.js';
import { FlexorError } from '../base/errors.js';
import type { Manifest } from '../rtl/types.js';
import { cacheFolder } from '../toolchain/paths.js';
import { buildSimulator } from '../toolchain/verilator.js';
import type { Optimise } from '../toolchain/verilator.js';
import { compareRun } from './compare.js';
import type { Comparison } from './compare.js';
import { readManifest, simulationSources } from './design.js';
import { expectedUnderLoads } from './expected.js';
import { explainTiming } from './explain-timing.js';
import { runHarness } from './harness.js';
import { checkOptions, writeJob } from './job.js';
import type { RunFiles } from './job.js';
import { readTransfers } from './record.js';
import type { RunRecord } from './record.js';
import { judge } from './result.js';
import { compareTiming } from './timing.js';
import type { CosimOptions, CosimResult, TimingMismatch } from './types.js';

/** Cycles up to which a simulator that is built fast saves more than it costs, and from which one that runs fast does. */
const SHORT_RUN_CYCLES = 100_000;
const LONG_RUN_CYCLES = 3_000_000;

/** Runs a co-simulation. A wrong design is a result with `passed: false`; a tool that fails is an error. */
export async function cosimulate(options: CosimOptions): Promise<CosimResult> {
  const folder = resolve(options.folder);
  const manifest = readManifest(folder);
  checkOptions(manifest, options);
  const now = options.now ?? (() => NaN);
  options.onProgress?.('build', 0);
  const started = now();
  const simulator = await buildSimulator({
    folder,
    verilog: simulationSources(manifest),
    topModule: manifest.simTop.module,
    cache: cacheFolder(options.cacheDir),
    optimise: options.optimise ?? preferred(manifest, options),
    trace: options.trace !== undefined,
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const built = now();
  return withWorkFolder(folder, async (workFolder) => {
    const result = await runAndCompare(manifest, { ...options, folder }, simulator.executable, workFolder);
    const seconds = now() - built;
    const facts = {
      simulator: 'verilator' as const,
      buildCached: simulator.cached,
      buildSeconds: finite((built - started) / 1000),
      runSeconds: finite(seconds / 1000),
    };
    const judged = judge(manifest, options, result.record, result.comparison, result.timing, facts);
    if (judged.passed) return judged;
    const repeatCommand = `cd ${folder} && ${simulator.executable} ${result.files.job}`;
    return { ...judged, keptFolder: workFolder, repeatCommand };
  });
}

/** Gives `action` a folder inside the design's; it stays where the result did not pass. */
export async function withWorkFolder(
  folder: string,
  action: (workFolder: string) => Promise<CosimResult>,
): Promise<CosimResult> {
  const work = folderWithin(folder, 'cosim');
  try {
    const result = await action(work.path);
    if (result.passed) work.remove();
    return result;
  } catch (error) {
    if (error instanceof FlexorError && error.code === 'interrupted') work.remove();
    throw error;
  } finally {
    work.keep();
  }
}

interface Outcome {
  readonly record: RunRecord;
  readonly comparison: Comparison;
  readonly timing: TimingMismatch | null;
  readonly files: RunFiles;
}

/** Runs and compares; where the outputs alone were compared and something is wrong, again with all streams to name the layer. */
async function runAndCompare(
  manifest: Manifest,
  options: CosimOptions,
  simulator: string,
  workFolder: string,
): Promise<Outcome> {
  const outcome = await runOnce(manifest, options, simulator, workFolder, options.layers);
  const wrong = outcome.comparison.firstMismatch !== null || outcome.timing !== null;
  return wrong && !options.layers ? runOnce(manifest, options, simulator, workFolder, true) : outcome;
}

async function runOnce(
  manifest: Manifest,
  options: CosimOptions,
  simulator: string,
  workFolder: string,
  layers: boolean,
): Promise<Outcome> {
  const files = writeJob(manifest, options, layers, workFolder);
  const record = await runHarness(manifest, options, simulator, files);
  const transfers = layers ? readTransfers(files.log) : null;
  const expected = expectedUnderLoads(options, record);
  const comparison = compareRun(manifest, record, transfers, options.images.length, expected);
  const timing = compareTiming(manifest, options, record);
  if (timing === null || !layers) return { record, comparison, timing, files };
  const explained = explainTiming(options.design, manifest, readTransfers(files.log));
  return { record, comparison, timing: explained ?? timing, files };
}

/** How to build: a larger design takes longer to build and to run, so that only the number of cycles decides. */
function preferred(manifest: Manifest, { images, stalls }: CosimOptions): Optimise {
  const cycles = (manifest.prediction.cyclesPerFrame * images.length * 100) / (100 - stalls);
  if (cycles > LONG_RUN_CYCLES) return 'run-time';
  return cycles > SHORT_RUN_CYCLES ? 'balanced' : 'build-time';
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
