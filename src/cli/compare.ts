/** `flexor compare`: accuracy of float software, integer simulator and RTL side by side, cycles predicted and measured. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { cosimulate } from '../cosim/cosimulate.js';
import type { CosimResult } from '../cosim/types.js';
import { floatClasses } from '../report/accuracy.js';
import { compareReadings } from '../report/comparison.js';
import type { Comparison, RtlRuns } from '../report/comparison.js';
import { simulateImages } from '../simulate/pool.js';
import { addImageOptions, addLoweringOptions, loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import { integer } from './options.js';
import { formatCount, formatPercent, formatTable, printJson, printLine } from './print.js';
import { startProgress } from './progress.js';
import { addFoldOptions, generate, place } from './rtl-options.js';
import type { FoldOptions } from './rtl-options.js';

interface CompareOptions extends ImageOptions, LoweringOptions, FoldOptions {
  readonly rtlImages: number;
  readonly stalls: number;
  readonly seed: number;
  readonly workers: number;
  readonly keep?: string;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('compare accuracy of float software, integer simulator and RTL, and predicted with measured cycles')
    .argument('<model>', 'model file (.flexor)');
  addFoldOptions(addLoweringOptions(addImageOptions(command)))
    .option('--rtl-images <n>', 'run the first n images through the RTL; 0 leaves the RTL out', integer(0), 50)
    .option('--stalls <percent>', 'chance of a stall a cycle on both sides, for a second run', integer(0, 95), 30)
    .option('--seed <n>', 'seed of the stalls', integer(0, 2 ** 32 - 1), 1)
    .option('--workers <n>', 'threads of float evaluation and simulation', integer(1, 256), availableParallelism())
    .option('--keep <dir>', 'write the generated design here and keep it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The RTL runs twice: without stalls, where every cycle must be as predicted, and with random stalls (--stalls 0 leaves
the second run out). Any difference ends with exit code 1.

Examples:
  flexor compare models/lenet5-mnist-0.6.flexor
  flexor compare model.flexor --images 1000 --rtl-images 10 --json
  flexor compare model.flexor --rtl-images 0 --activation-bits 4`,
    )
    .action(compare);
}

async function compare(path: string, options: CompareOptions): Promise<void> {
  const lowered = loadLowered(path, options);
  const images = loadTestImages(lowered, options);
  const rtlImages = Math.min(options.rtlImages, images.count);
  // Generated first: a fold that does not fit is to be told before minutes of evaluation.
  const design = rtlImages > 0 ? generate(lowered.network, options) : null;
  const { workers } = options;
  const float = await withProgress('float', images.count, (onProgress) =>
    floatClasses(lowered.model, images.preprocessed, { workers, onProgress }),
  );
  const fixed = await withProgress('fixed', images.count, (onProgress) =>
    simulateImages(lowered.network, images.quantised, { workers, onProgress }),
  );
  const runs = design === null ? null : await runRtl(design, lowered, images.quantised.slice(0, rtlImages), options);
  const comparison = compareReadings(images.labels, float, fixed.classes, runs);
  const { activationBits, multiplierBits, inputBits } = options;
  const facts = { model: lowered.model.name, digest: lowered.digest, dataset: images.dataset };
  if (options.json) printJson({ ...facts, activationBits, multiplierBits, inputBits, ...comparison });
  else printComparison(lowered, images, options, comparison);
  const failed = [runs?.free, runs?.stalled?.result].find((result) => result?.passed === false);
  if (failed) throw new FlexorError('mismatch', `${failed.failure}; files of the run: ${failed.keptFolder}`);
}

/** Both co-simulations. The design stays on disk where one fails. */
async function runRtl(
  design: ReturnType<typeof generate>,
  { network }: LoweredModel,
  images: readonly Int32Array[],
  options: CompareOptions,
): Promise<RtlRuns> {
  const written = place(design, options.keep);
  const run = (stalls: number): Promise<CosimResult> => {
    const label = stalls === 0 ? 'RTL' : `RTL, ${stalls}% stalls`;
    return withProgress(label, images.length, (onProgress) =>
      cosimulate({
        folder: written.folder,
        network,
        images,
        stalls,
        seed: options.seed,
        layers: false,
        onProgress: (step, done) => onProgress(done, step),
      }),
    );
  };
  const free = await run(0);
  const stalled = options.stalls === 0 ? null : await run(options.stalls);
  if (free.passed && stalled?.passed !== false) written.discard();
  else written.retain();
  return {
    free,
    stalled: stalled && { result: stalled, stalls: options.stalls, seed: options.seed },
    busiest: written.manifest.prediction.busiest,
  };
}

async function withProgress<T>(
  label: string,
  total: number,
  action: (onProgress: (done: number, note?: unknown) => void) => Promise<T>,
): Promise<T> {
  const progress = startProgress(label, total);
  try {
    return await action((done, note) => progress.update(done, typeof note === 'string' ? note : ''));
  } finally {
    progress.finish();
  }
}

function printComparison(
  { model }: LoweredModel,
  images: TestImages,
  options: CompareOptions,
  { float, fixed, agreeing, rtl }: Comparison,
): void {
  const { activationBits, multiplierBits } = options;
  printLine(`model     ${model.name} (activations ${activationBits} bits, multipliers ${multiplierBits} bits)`);
  printLine(`data set  ${images.dataset}\n`);
  const some = rtl ? `first ${formatCount(rtl.images)}` : '';
  const percent = (x: number | null): string => (x === null ? '' : formatPercent(x));
  const rows = [
    ['accuracy', `${formatCount(images.count)} images`, some],
    ['float', percent(float.accuracy), percent(float.accuracyOnRtlImages)],
    ['fixed', percent(fixed.accuracy), percent(fixed.accuracyOnRtlImages)],
    ...(rtl ? [['RTL', '', percent(rtl.accuracy)]] : []),
  ];
  printLine(formatTable(rows.map((row) => (rtl ? row : row.slice(0, 2)))));
  printLine(`\nfloat and fixed give the same class to ${formatCount(agreeing)} of ${formatCount(images.count)} images`);
  if (rtl !== null) printRtl(rtl);
}

function printRtl(rtl: NonNullable<Comparison['rtl']>): void {
  const verdict = ({ passed, mismatches, images }: { passed: boolean; mismatches: number; images: number }): string =>
    `${mismatches} of ${images} images differ from the simulator${passed || mismatches > 0 ? '' : ', but the run failed'}`;
  const cycles = (n: number | null): string => (n === null ? '–' : formatCount(n));
  printLine(`RTL without stalls: ${verdict(rtl)}`);
  if (rtl.stalled)
    printLine(`RTL with ${rtl.stalled.stalls}% stalls, seed ${rtl.stalled.seed}: ${verdict(rtl.stalled)}`);
  const rows = [
    ['cycles', 'predicted', 'measured', ...(rtl.stalled ? ['with stalls'] : [])],
    ['latency', cycles(rtl.predictedLatencyCycles), cycles(rtl.latencyCycles)],
    ['per frame', cycles(rtl.predictedCyclesPerFrame), cycles(rtl.cyclesPerFrame)],
  ];
  if (rtl.stalled) {
    rows[1]!.push(cycles(rtl.stalled.latencyCycles));
    rows[2]!.push(cycles(rtl.stalled.cyclesPerFrame && Math.round(rtl.stalled.cyclesPerFrame)));
  }
  printLine(`\n${formatTable(rows)}`);
  const use =
    rtl.bottleneckUtilisation === null ? '' : `, busy ${formatPercent(rtl.bottleneckUtilisation)} of the time`;
  printLine(`busiest unit: ${rtl.busiest.unit}, ${formatCount(rtl.busiest.cycles)} cycles a frame${use}`);
}
