/** What a model's hardware takes, measured by synthesis. */
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import { generateRtl } from '../rtl/generate.js';
import { designOf, forSmallLuts, type GenerationOptions } from './design.js';
import { loadLowered, type LoweringOptions } from './inputs.js';
import type { StartProgress } from './progress.js';
import { libraryFor, measureDesign, type SynthesisOptions } from './synthesis.js';

export { AREA_COLUMNS, PART_NAMES, type AreaColumn } from '../report/area/columns.js';

export interface AreaOptions extends LoweringOptions, GenerationOptions, SynthesisOptions {
  readonly target: AreaTarget;
  /** Also measure a plain 1-bit network with the same fold. */
  readonly plain?: boolean;
  /** Also synthesise the whole design at once. */
  readonly checkFlat?: boolean;
  /** Targets ice40 and ecp5: also place and route. */
  readonly pnr?: boolean;
  /** Seeds of nextpnr, one run each. */
  readonly pnrSeeds: readonly number[];
}

/** Generates the design of a model file and measures it. */
export function areaOfModel(path: string, options: AreaOptions, start: StartProgress): Promise<AreaReport> {
  const { target, plain = false, checkFlat = false, pnr = false, pnrSeeds } = options;
  const library = libraryFor([target], options.liberty);
  const { network } = loadLowered(path, options);
  const design = designOf(network, options);
  const generated = generateRtl(target === 'ice40' ? forSmallLuts(design) : design);
  return measureDesign(generated, { target, library, plain, checkFlat, seeds: pnr ? pnrSeeds : [] }, options, start);
}
