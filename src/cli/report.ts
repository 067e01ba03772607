/** `flexor report`: everything about one model or several, on one page that works offline. */
import type { Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { exists, writeFileAtomic } from '../base/files.js';
import { AREA_TARGETS } from '../report/area/types.js';
import type { Library } from '../report/area/liberty/library.js';
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import type { RtlRuns } from '../report/comparison.js';
import { gatherFigures } from '../report/figures/gather.js';
import type { ModelFigures, ReportFigures } from '../report/figures/types.js';
import { ENERGY_IMAGES, priceOf } from '../report/price/price.js';
import type { RtlDesign } from '../rtl/types.js';
import { findTool } from '../toolchain/tools.js';
import { addImageOptions, addLoweringOptions, loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import { oneOf } from './options.js';
import { prepareOutput } from './output-file.js';
import { printJson, printLine } from './print.js';
import { addReadingOptions, takeReadings, throwWhereFailed } from './readings.js';
import type { ReadingOptions } from './readings.js';
import { reportSummary } from './report-summary.js';
import { commandsFor } from './repeat.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';
import { addSynthesisOptions, libraryFor, measureDesign } from './synthesis.js';
import type { SynthesisOptions } from './synthesis.js';
import { packageVersion } from './version.js';

interface ReportOptions
  extends ImageOptions, LoweringOptions, GenerationOptions, ReadingOptions, Omit<SynthesisOptions, 'cache'> {
  readonly out: string;
  readonly target: AreaTarget;
  /** False with --no-area. */
  readonly area: boolean;
  readonly json?: boolean;
}

const DEFAULT_CLOCK_MHZ = 100;

/** Registers the command. */
export function registerReport(program: Command): void {
  const command = program
    .command('report')
    .description('gather accuracy, timing, area, memory, energy and weights of one or more models on one page')
    .argument('<models...>', 'model files (.flexor); several are compared')
    .requiredOption('-o, --out <file>', 'HTML file to write');
  addSynthesisOptions(addReadingOptions(addGenerationOptions(addLoweringOptions(addImageOptions(command)))))
    .option('--target <name>', AREA_TARGETS.join(', '), oneOf(AREA_TARGETS), 'xcup')
    .option('--no-area', 'leave synthesis out, and with it area, memory, price and energy')
    .option('--json', 'print all figures as JSON instead of a summary')
    .addHelpText(
      'after',
      `
The page holds its style, scripts, data and charts and asks the network for nothing. --clock-mhz (default:
${DEFAULT_CLOCK_MHZ}) also says at which clock frames a second are stated. Area is measured beside a plain 1-bit
network with the same fold. Co-simulation and synthesis come from the cache where they ran before.

Examples:
  flexor report models/lenet5-mnist-0.6.flexor -o report.html
  flexor report models/lenet5-mnist-0.*.flexor -o report.html --clock-mhz 200
  flexor report model.flexor -o report.html --no-area --rtl-images 0 --json`,
    )
    .action(report);
}

async function report(paths: readonly string[], options: ReportOptions, command: Command): Promise<void> {
  checkOutput(options.out);
  const library = options.area ? libraryFor([options.target], options.liberty) : null;
  // All models are read, lowered and generated first: what does not fit is to be told before minutes of work.
  const inputs = paths.map((path) => load(path, options));
  const models: ModelFigures[] = [];
  const runs: (RtlRuns | null)[] = [];
  for (const [i, input] of inputs.entries()) {
    const results = await measure(input, library, options);
    const commands = commandsFor(command, paths, paths[i]!);
    const reproduction = { commands, versions: await versions(results.runs, results.area) };
    models.push(gatherFigures({ ...results, reproduction }));
    runs.push(results.runs);
  }
  await finish({ version: packageVersion(), models }, options);
  runs.forEach(throwWhereFailed);
}

interface Input {
  readonly lowered: LoweredModel;
  readonly images: TestImages;
  readonly design: RtlDesign;
}

function load(path: string, options: ReportOptions): Input {
  const lowered = loadLowered(path, options);
  // Here the clock is of use without --target-fps as well; the fold only hears of it with one.
  const generation = options.targetFps === undefined ? { ...options, clockMhz: undefined } : options;
  return { lowered, images: loadTestImages(lowered, options), design: generate(lowered.network, generation) };
}

/** Everything about one model that takes time. */
async function measure({ lowered, images, design }: Input, library: Library | null, options: ReportOptions) {
  const { model, digest, network } = lowered;
  const { float, fixed, runs, comparison } = await takeReadings(lowered, images, design, options);
  const measurement = { target: options.target, library, plain: true };
  const area = options.area ? await measureDesign(network, design, measurement, options) : null;
  const price = area && priceOf(network, design, [area], images.quantised.slice(0, ENERGY_IMAGES));
  const { activationBits, multiplierBits, inputBits } = options;
  return {
    ...{ model, digest, network, manifest: design.manifest },
    lowering: { activationBits, multiplierBits, inputBits },
    images: { ...images, float, integer: fixed },
    ...{ comparison, runs, area, price },
    clockMhz: options.clockMhz ?? DEFAULT_CLOCK_MHZ,
  };
}

/** A page is written whole at the end; that this cannot work should not show after minutes. */
function checkOutput(path: string): void {
  if (path === '' || (exists(path) && !/\.html?$/i.test(path))) {
    throw new FlexorError('usage', `-o must name a new file or an HTML file to replace, got '${path}'`);
  }
  prepareOutput(path);
}

async function finish(figures: ReportFigures, options: ReportOptions): Promise<void> {
  const { renderPage } = await import('../report/page/render.js');
  writeFileAtomic(options.out, renderPage(figures));
  if (options.json) {
    printJson(figures);
    return;
  }
  printLine(reportSummary(figures));
  printLine(`\npage: ${options.out}`);
}

async function versions(runs: RtlRuns | null, area: AreaReport | null): Promise<Record<string, string>> {
  // Only the number: what else a tool says of itself may hold a date.
  const verilator = runs && /\d+\.\d+/.exec((await findTool('verilator')).version)?.[0];
  return {
    flexor: packageVersion(),
    'Node.js': process.versions.node,
    ...(verilator == null ? {} : { Verilator: verilator }),
    ...(area === null ? {} : { Yosys: area.yosysVersion.replace(/^Yosys /, '') }),
  };
}
