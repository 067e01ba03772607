/** Everything about one model or several: figures, and one page of them that works offline. */
import { FlexorError } from '../base/errors.js';
import { exists } from '../base/files.js';
import { prepareOutput, writeFileAtomic } from '../base/output.js';
import type { Library } from '../report/area/liberty/library.js';
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import type { RtlRuns } from '../report/comparison.js';
import { gatherFigures } from '../report/figures/gather.js';
import type { ModelFigures, ReportFigures } from '../report/figures/types.js';
import { ENERGY_IMAGES, priceOf } from '../report/price/price.js';
import { generateRtl, type GeneratedDesign } from '../rtl/generate.js';
import { findTool } from '../toolchain/tools.js';
import { designOf, type GenerationOptions } from './design.js';
import { DEFAULT_CLOCK_MHZ } from './fold.js';
import { loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import type { StartProgress } from './progress.js';
import { takeReadings, type ReadingOptions } from './readings.js';
import { libraryFor, measureDesign, type SynthesisOptions } from './synthesis.js';
import { packageVersion } from './version.js';

export interface ReportOptions
  extends ImageOptions, LoweringOptions, GenerationOptions, ReadingOptions, Omit<SynthesisOptions, 'cache'> {
  /** HTML file of the page. */
  readonly out: string;
  readonly target: AreaTarget;
  /** False leaves synthesis out, and with it area, memory, price and energy. */
  readonly area: boolean;
}

export interface Report {
  readonly figures: ReportFigures;
  /** Of each model; null where the RTL was left out. */
  readonly runs: readonly (RtlRuns | null)[];
}

/** Measures the models and writes the page; `commands` are the command lines that give the figures of a model again. */
export async function reportOnModels(
  paths: readonly string[],
  options: ReportOptions,
  commands: (path: string) => readonly string[],
  start: StartProgress,
): Promise<Report> {
  checkOutput(options.out);
  const library = options.area ? libraryFor([options.target], options.liberty) : null;
  // All models are read, lowered and generated first: what does not fit is to be told before minutes of work.
  const inputs = paths.map((path) => load(path, options));
  const models: ModelFigures[] = [];
  const runs: (RtlRuns | null)[] = [];
  for (const [i, input] of inputs.entries()) {
    const results = await measure(input, library, options, start);
    const reproduction = { commands: commands(paths[i]!), versions: await versions(results.runs, results.area) };
    models.push(gatherFigures({ ...results, reproduction }));
    runs.push(results.runs);
  }
  const figures = { version: packageVersion(), models };
  const { renderPage } = await import('../report/page/render.js');
  writeFileAtomic(options.out, renderPage(figures));
  return { figures, runs };
}

interface Input {
  readonly lowered: LoweredModel;
  readonly images: TestImages;
  readonly generated: GeneratedDesign;
}

function load(path: string, options: ReportOptions): Input {
  const lowered = loadLowered(path, options);
  // Here the clock is of use without --target-fps as well; the fold only hears of it with one.
  const generation = options.targetFps === undefined ? { ...options, clockMhz: undefined } : options;
  const generated = generateRtl(designOf(lowered.network, generation));
  return { lowered, images: loadTestImages(lowered, options), generated };
}

/** Everything about one model that takes time. */
async function measure(
  { lowered, images, generated }: Input,
  library: Library | null,
  options: ReportOptions,
  start: StartProgress,
) {
  const { model, digest, network } = lowered;
  const { float, fixed, runs, comparison } = await takeReadings(lowered, images, generated, options, start);
  const measurement = { target: options.target, library, plain: true };
  const area = options.area ? await measureDesign(generated, measurement, options, start) : null;
  const price = area && priceOf(generated.design, [area], images.quantised.slice(0, ENERGY_IMAGES));
  const { activationBits, multiplierBits, inputBits } = options;
  return {
    ...{ model, digest, network, manifest: generated.manifest },
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
