/** Accuracy of float software, integer simulator and RTL side by side, cycles predicted and measured. */
import { generateRtl } from '../rtl/generate.js';
import { designOf, type GenerationOptions } from './design.js';
import { prepareDesignFolder } from '../rtl/write-design.js';
import { loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import type { StartProgress } from './progress.js';
import { takeReadings, type ReadingOptions, type Readings } from './readings.js';

export interface CompareOptions extends ImageOptions, LoweringOptions, GenerationOptions, ReadingOptions {}

export interface ModelComparison extends Readings {
  readonly lowered: LoweredModel;
  readonly images: TestImages;
}

/** Runs test images through a model in every way that there is. */
export async function compareModel(
  path: string,
  options: CompareOptions,
  start: StartProgress,
): Promise<ModelComparison> {
  if (options.keep !== undefined) prepareDesignFolder(options.keep);
  const lowered = loadLowered(path, options);
  const images = loadTestImages(lowered, options);
  // Generated first: a fold that does not fit is to be told before minutes of evaluation.
  const generated = options.rtlImages > 0 ? generateRtl(designOf(lowered.network, options)) : null;
  return { lowered, images, ...(await takeReadings(lowered, images, generated, options, start)) };
}
