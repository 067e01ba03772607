/** `flexor compare`: accuracy of float software, integer simulator and RTL side by side, cycles predicted and measured. */
import type { Command } from 'commander';
import type { Comparison } from '../report/comparison.js';
import { addImageOptions, addLoweringOptions, loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import { formatCount, formatPercent, formatTable, printJson, printLine } from './print.js';
import { addReadingOptions, takeReadings, throwWhereFailed } from './readings.js';
import type { ReadingOptions } from './readings.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';

interface CompareOptions extends ImageOptions, LoweringOptions, GenerationOptions, ReadingOptions {
  readonly json?: boolean;
}

/** Registers the command. */
export function registerCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('compare accuracy of float software, integer simulator and RTL, and predicted with measured cycles')
    .argument('<model>', 'model file (.flexor)');
  addReadingOptions(addGenerationOptions(addLoweringOptions(addImageOptions(command))))
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
  flexor compare model.flexor --rtl-images 0 --activation-bits 4 --layer-bits conv1=8,fc1=6`,
    )
    .action(compare);
}

async function compare(path: string, options: CompareOptions): Promise<void> {
  const lowered = loadLowered(path, options);
  const images = loadTestImages(lowered, options);
  // Generated first: a fold that does not fit is to be told before minutes of evaluation.
  const design = options.rtlImages > 0 ? generate(lowered.network, options) : null;
  const { comparison, runs } = await takeReadings(lowered, images, design, options);
  const { activationBits, multiplierBits, inputBits } = options;
  const facts = { model: lowered.model.name, digest: lowered.digest, dataset: images.dataset };
  if (options.json) printJson({ ...facts, activationBits, multiplierBits, inputBits, ...comparison });
  else printComparison(lowered, images, options, comparison);
  throwWhereFailed(runs);
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
