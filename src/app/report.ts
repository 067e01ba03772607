/** Everything about one model or several: figures, and one page of them that works offline. */
import { loadOptional } from '../base/optional.js';
import { FlexorError } from '../base/errors.js';
import { exists } from '../base/files.js';
import { prepareOutput, saveResult } from '../base/output.js';
import type { Library } from '../report/area/liberty/library.js';
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import type { RtlRuns } from '../report/comparison.js';
import { comparisonVerdict } from '../report/figures/comparison-verdict.js';
import { gatherFigures, type Results } from '../report/figures/gather.js';
import type { ModelFigures, ReportFigures } from '../report/figures/types.js';
import { ENERGY_IMAGES, priceOf } from '../report/price/price.js';
import { generateRtl, type GeneratedDesign } from '../rtl/generate.js';
import { findTool } from '../toolchain/tools.js';
import { designTiming } from '../rtl/timing/timing.js';
import { designOf, type GenerationOptions } from './design.js';
import { DEFAULT_CLOCK_MHZ } from './fold.js';
import { loadLabelledImages, loadLowered } from './inputs.js';
import type { ImageOptions, LabelledImages, LoweredModel, LoweringOptions } from './inputs.js';
import type { StartProgress } from './progress.js';
import { evaluateAll, type EvaluationOptions } from './evaluations.js';
import { libraryFor, measureDesign, type SynthesisOptions } from './synthesis.js';
import { packageVersion } from './version.js';

export { modelTitles } from '../report/figures/titles.js';

export interface ReportOptions
  extends ImageOptions, LoweringOptions, GenerationOptions, EvaluationOptions, Omit<SynthesisOptions, 'cache'> {
  /** HTML file of the page. */
  readonly output: string;
  readonly target: AreaTarget;
  /** False leaves synthesis out, and with it area, memory, price and energy. */
  readonly area: boolean;
}

export interface Report {
  readonly figures: ReportFigures;
  /** Of each model; null where the RTL was left out. */
  readonly runs: readonly (RtlRuns | null)[];
  /** About data that are not what a model's accuracy was measured on. */
  readonly warnings: readonly string[];
}

/** Measures the models and writes the page, first without areas; `commands` are the command lines that give the figures of a model again. */
export async function reportOnModels(
  paths: readonly string[],
  options: ReportOptions,
  commands: (path: string) => readonly string[],
  start: StartProgress,
): Promise<Report> {
  checkOutput(options.output);
  const library = options.area ? libraryFor([options.target], options.liberty) : null;
  // All models are read, lowered and generated first: what does not fit is to be told before minutes of work.
  const inputs = await loadAll(paths, options);
  const { renderPage } = await loadOptional('charts', () => import('../report/page/render.js'));
  const write = (models: readonly ModelFigures[]): ReportFigures => {
    const figures = { version: packageVersion(), comparison: comparisonVerdict(models), models };
    saveResult(options.output, renderPage(figures));
    return figures;
  };
  const models: ModelFigures[] = [];
  const all: Measured[] = [];
  for (const [i, input] of inputs.entries()) {
    const measured = await readAll(input, options, commands(paths[i]!), start);
    all.push(measured);
    models.push(await figuresOf(measured));
  }
  // Syntheses take minutes; the page is there before them and fills as they end.
  let figures = write(models);
  if (options.area) {
    for (const [i, measured] of all.entries()) {
      models[i] = await figuresOf(await synthesised(inputs[i]!, measured, library, options, start));
      figures = write(models);
    }
  }
  const warnings = models.flatMap((each) => each.warnings);
  return { figures, runs: all.map(({ runs }) => runs), warnings };
}

interface Input {
  readonly lowered: LoweredModel;
  readonly images: LabelledImages;
  readonly generated: GeneratedDesign;
}

async function loadAll(paths: readonly string[], options: ReportOptions): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const path of paths) inputs.push(await load(path, options));
  return inputs;
}

async function load(path: string, options: ReportOptions): Promise<Input> {
  const lowered = loadLowered(path, options);
  const generated = generateRtl(designOf(lowered.network, options));
  return { lowered, images: await loadLabelledImages(lowered, options), generated };
}

/** What is known of a model so far, and the command lines that give its figures again. */
interface Measured extends Omit<Results, 'reproduction'> {
  readonly commands: readonly string[];
}

/** Images through software and RTL; area and price are not known yet. */
async function readAll(
  { lowered, images, generated }: Input,
  options: ReportOptions,
  commands: readonly string[],
  start: StartProgress,
): Promise<Measured> {
  const { model, digest, network } = lowered;
  const { float, fixed, runs, comparison, calibration } = await evaluateAll(lowered, images, generated, options, start);
  const { activationBits, multiplierBits, inputBits } = options;
  return {
    ...{ model, digest, network, manifest: generated.manifest },
    lowering: { activationBits, multiplierBits, inputBits },
    images: { ...images, float, integer: fixed },
    ...{ calibration, warnings: images.warnings },
    ...{ comparison, runs, area: null, price: null, commands },
    clockMhz: options.clockMhz ?? DEFAULT_CLOCK_MHZ,
    timing: designTiming(generated.design.plan),
  };
}

async function synthesised(
  { images, generated }: Input,
  measured: Measured,
  library: Library | null,
  options: ReportOptions,
  start: StartProgress,
): Promise<Measured> {
  const measurement = { target: options.target, library, plain: true };
  const area = await measureDesign(generated, measurement, options, start);
  const price = priceOf(generated.design, [area], images.quantised.slice(0, ENERGY_IMAGES));
  return { ...measured, area, price };
}

async function figuresOf({ commands, ...results }: Measured): Promise<ModelFigures> {
  const reproduction = { commands, versions: await versions(results.runs, results.area) };
  return gatherFigures({ ...results, reproduction });
}

/** That no page can be written should not show after minutes. */
function checkOutput(path: string): void {
  if (path === '' || (exists(path) && !/\.html?$/i.test(path))) {
    throw new FlexorError('usage', `-o must name a new file or an HTML file to replace, got '${path}'`);
  }
  prepareOutput(path);
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
