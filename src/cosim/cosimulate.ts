/**
 * Co-simulation in Verilator: build the design (cached), run images through it with stalls on both sides, compare every
 * value with the integer network and every predicted cycle with the measured one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { removeOnInterrupt } from '../base/cleanup.js';
import { FlexorError, oneLine } from '../base/errors.js';
import { fileSystemError } from '../base/files.js';
import type { Manifest } from '../rtl/types.js';
import { cacheFolder } from '../toolchain/paths.js';
import { runTool } from '../toolchain/run.js';
import { buildSimulator } from '../toolchain/verilator.js';
import type { Optimise } from '../toolchain/verilator.js';
import { compareRun } from './compare.js';
import type { Comparison } from './compare.js';
import { readManifest, simulationSources } from './design.js';
import { expectedFrames } from './expected.js';
import { checkOptions, writeJob } from './job.js';
import type { RunFiles } from './job.js';
import { readRecord, readTransfers } from './record.js';
import type { RunRecord } from './record.js';
import { judge } from './result.js';
import type { CosimOptions, CosimResult } from './types.js';

/** Cycles from which a simulator that runs fast is worth its longer build. */
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
    optimise: options.optimise ?? preferred(manifest, options.images.length),
    trace: options.trace !== undefined,
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const built = now();
  const work = await withWorkFolder(folder, async (workFolder) => {
    const result = await runAndCompare(manifest, options, simulator.executable, folder, workFolder);
    const seconds = now() - built;
    const facts = {
      simulator: 'verilator' as const,
      buildCached: simulator.cached,
      buildSeconds: finite((built - started) / 1000),
      runSeconds: finite(seconds / 1000),
    };
    const judged = judge(manifest, options, result.record, result.comparison, facts);
    if (judged.passed) return judged;
    const repeatCommand = `cd ${folder} && ${simulator.executable} ${result.files.job}`;
    return { ...judged, keptFolder: workFolder, repeatCommand };
  });
  return work;
}

/** Gives `action` a folder inside the design's; it stays where the result did not pass. */
export async function withWorkFolder(
  folder: string,
  action: (workFolder: string) => Promise<CosimResult>,
): Promise<CosimResult> {
  let workFolder: string;
  try {
    workFolder = mkdtempSync(join(folder, 'cosim-'));
  } catch (error) {
    throw fileSystemError('write into', folder, error);
  }
  const release = removeOnInterrupt(workFolder);
  try {
    const result = await action(workFolder);
    if (result.passed) rmSync(workFolder, { recursive: true, force: true });
    return result;
  } catch (error) {
    if (error instanceof FlexorError && error.code === 'interrupted')
      rmSync(workFolder, { recursive: true, force: true });
    throw error;
  } finally {
    release();
  }
}

async function runAndCompare(
  manifest: Manifest,
  options: CosimOptions,
  executable: string,
  folder: string,
  workFolder: string,
): Promise<{ record: RunRecord; comparison: Comparison; files: RunFiles }> {
  const run = async (layers: boolean): Promise<{ record: RunRecord; comparison: Comparison; files: RunFiles }> => {
    const files = writeJob(manifest, options, layers, workFolder);
    const record = await runHarness(options, executable, folder, files);
    const transfers = layers ? readTransfers(files.log) : null;
    const expected = expectedFrames(options.network, options.images, options.events ?? []);
    return { record, comparison: compareRun(manifest, record, transfers, options.images.length, expected), files };
  };
  const result = await run(options.layers);
  if (options.layers || result.comparison.firstMismatch === null) return result;
  // Only the outputs were compared: the same run with every stream logged names the layer.
  return run(true);
}

async function runHarness(
  options: CosimOptions,
  executable: string,
  folder: string,
  files: RunFiles,
): Promise<RunRecord> {
  const logFile = join(files.folder, 'harness.log');
  options.onProgress?.('run', 0);
  const { exitCode, stderr } = await runTool({
    command: executable,
    args: [files.job],
    // $readmemh finds the memory files relative to the folder of the design.
    cwd: folder,
    logFile,
    timeoutSeconds: options.timeoutSeconds ?? 3600,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onLine: (line) => {
      const done = /^frame (\d+)$/.exec(line);
      if (done) options.onProgress?.('run', Number(done[1]));
    },
  });
  if (exitCode !== 0) {
    throw new FlexorError(
      'tool',
      `the simulator failed with exit code ${exitCode}: ${oneLine(stderr)}; log: ${logFile}`,
    );
  }
  return readRecord(files.result);
}

function preferred(manifest: Manifest, images: number): Optimise {
  return manifest.prediction.cyclesPerFrame * images > LONG_RUN_CYCLES ? 'run-time' : 'build-time';
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
