/**
 * Co-simulation in Icarus Verilog: a second simulator with another reading of the language and with x propagation, for
 * small designs. The same comparison as in Verilator; an x or z in a transferred value is a mismatch.
 */
import { join, relative, resolve } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { readText, writeFile } from '../base/files.js';
import { formatCount } from '../base/format.js';
import { beatsOf, restOf } from '../rtl/beats.js';
import type { Manifest } from '../rtl/types.js';
import { buildIcarus, runIcarus } from '../toolchain/icarus.js';
import { cacheFolder } from '../toolchain/paths.js';
import { compareRun } from './compare.js';
import { withWorkFolder } from './cosimulate.js';
import { readManifest, simulationSources } from './design.js';
import { expectedFrames } from './expected.js';
import { parseIcarusOutput } from './icarus-output.js';
import { checkOptions, leadCycles, runLimits } from './job.js';
import { judge } from './result.js';
import { compareTiming } from './timing.js';
import type { CosimOptions, CosimResult } from './types.js';
import { hexImages } from './vectors.js';

/** Runs a co-simulation in Icarus. Streams are always compared; traces, resets and wrong tlast are not offered. */
export async function cosimulateIcarus(options: Omit<CosimOptions, 'trace' | 'events'>): Promise<CosimResult> {
  const folder = resolve(options.folder);
  const manifest = readManifest(folder);
  checkOptions(manifest, options);
  checkEffort(manifest, options);
  const now = options.now ?? (() => NaN);
  const started = now();
  options.onProgress?.('build', 0);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const { program, cached } = await buildIcarus({
    folder,
    verilog: simulationSources(manifest),
    parameters: benchParameters(manifest, options),
    cache: cacheFolder(options.cacheDir),
    ...signal,
  });
  const built = now();
  options.onProgress?.('run', 0);
  return withWorkFolder(folder, async (workFolder) => {
    const images = join(workFolder, 'images.hex');
    const outputFile = join(workFolder, 'icarus.log');
    writeFile(images, hexImages(manifest, options.images));
    const timeoutSeconds = options.timeoutSeconds ?? 3600;
    // The bench keeps 200 characters of the name, so it gets the short one, relative to the folder of the design.
    const plusArg = `+images=${relative(folder, images)}`;
    await runIcarus(program, folder, [plusArg], { outputFile, timeoutSeconds, ...signal });
    const { record, transfers } = parseIcarusOutput(manifest, readText(outputFile));
    const expected = expectedFrames(options.design.network, options.images, [], 1);
    const comparison = compareRun(manifest, record, transfers, options.images.length, expected);
    const judged = judge(manifest, options, record, comparison, compareTiming(manifest, options, record), {
      simulator: 'icarus',
      buildCached: cached,
      buildSeconds: finite((built - started) / 1000),
      runSeconds: finite((now() - built) / 1000),
    });
    if (judged.passed) return judged;
    const repeatCommand = `cd ${folder} && vvp -N ${program} ${plusArg}`;
    return { ...judged, keptFolder: workFolder, repeatCommand };
  });
}

/**
 * Lanes times cycles up to which a run is begun: about an hour. Icarus simulated 1.6·10⁵ of them a second for a design of
 * 1,036 lanes on a busy machine, and half as many for one of 8.
 */
const MOST_LANE_CYCLES = 5e8;

/** Refuses what would take hours: a wide design can be as slow as some cycles a second. */
export function checkEffort(manifest: Manifest, { images, stalls }: Pick<CosimOptions, 'images' | 'stalls'>): void {
  const { latencyCycles, cyclesPerFrame } = manifest.prediction;
  const cycles = Math.ceil(((latencyCycles + (images.length - 1) * cyclesPerFrame) * 100) / (100 - stalls));
  const lanes = manifest.layers.reduce(
    (sum, { weighted }) => sum + (weighted === null ? 0 : weighted.pe * weighted.simd * weighted.planes.length),
    0,
  );
  if (lanes * cycles <= MOST_LANE_CYCLES) return;
  throw new FlexorError(
    'unsupported',
    `Icarus would take more than an hour for ${formatCount(cycles)} cycles of ${formatCount(lanes)} lanes (the most are ` +
      `${formatCount(MOST_LANE_CYCLES)} cycles times lanes); use --simulator verilator, fewer images or a narrower fold`,
  );
}

function benchParameters(manifest: Manifest, options: Omit<CosimOptions, 'trace' | 'events'>): Record<string, number> {
  const { input, output, streams } = manifest;
  const { elementsPerFrame, width } = streams[0]!;
  const limits = runLimits(manifest, options.images.length, options.stalls);
  return {
    INPUT_BYTES: input.bytesPerBeat,
    LAST_BYTES: (restOf(elementsPerFrame, width) * input.bytesPerBeat) / width,
    OUTPUT_BYTES: output.width * output.logitBytes + output.classBytes,
    STREAMS: streams.length,
    WIDEST: Math.max(...streams.map(({ width }) => width)),
    BEATS_A_FRAME: beatsOf(elementsPerFrame, width),
    FRAMES: options.images.length,
    OUTPUT_BEATS: beatsOf(output.count, output.width),
    STALLS: options.stalls,
    SEED: (options.seed & 0x7fffffff) + 1,
    WATCHDOG: limits.watchdog,
    MAX_CYCLES: Math.min(limits.maxCycles, 0x7fffffff),
    SETTLE: limits.settle,
    LEAD: leadCycles(manifest),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
