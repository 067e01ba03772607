/** What FleXOR costs and saves in a model's hardware, against a plain 1-bit network with the same fold. */
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import { priceOf } from '../report/price/price.js';
import type { PriceReport } from '../report/price/types.js';
import { generateRtl } from '../rtl/generate.js';
import { designOf, type GenerationOptions } from './design.js';
import { loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweringOptions } from './inputs.js';
import type { StartProgress } from './progress.js';
import { libraryFor, measureDesign, type SynthesisOptions } from './synthesis.js';

export interface PriceOptions extends LoweringOptions, GenerationOptions, ImageOptions, SynthesisOptions {
  readonly target: readonly AreaTarget[];
  /** Test images from which the switching of the MAC arrays is counted; 0: none. */
  readonly images: number;
}

/** Both networks, the model's and the plain one, are generated with the same fold and synthesised for every target. */
export async function priceOfModel(path: string, options: PriceOptions, start: StartProgress): Promise<PriceReport> {
  const library = libraryFor(options.target, options.liberty);
  const lowered = loadLowered(path, options);
  const images = options.images === 0 ? [] : (await loadTestImages(lowered, options)).quantised;
  const generated = generateRtl(designOf(lowered.network, options));
  const areas: AreaReport[] = [];
  for (const target of options.target) {
    areas.push(await measureDesign(generated, { target, library, plain: true }, options, start));
  }
  return priceOf(generated.design, areas, images);
}
