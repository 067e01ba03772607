/** Accuracy of float software, integer simulator and RTL side by side, cycles predicted and measured. */
import { generateRtl } from '../rtl/generate.js';
import { compareTensors, type TensorDifferences } from './compare-tensors.js';
import { designOf, type GenerationOptions } from './design.js';
import { prepareDesignFolder } from '../rtl/write-design.js';
import { loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import { predictionText, preparePredictions, writeLogits, type PredictionOptions } from './predictions.js';
import type { StartProgress } from './progress.js';
import { evaluateAll, type EvaluationOptions, type Evaluations } from './evaluations.js';

export interface CompareOptions
  extends ImageOptions, LoweringOptions, GenerationOptions, EvaluationOptions, PredictionOptions {}

export interface ModelComparison extends Evaluations {
  readonly lowered: LoweredModel;
  readonly images: TestImages;
  /** Null where no tensor carries a quantiser. */
  readonly tensors: TensorDifferences | null;
  /** CSV of the classes by every way of running the model; null where nobody asked. */
  readonly predictions: string | null;
}

/** Runs test images through a model in every way that there is. */
export async function compareModel(
  path: string,
  options: CompareOptions,
  start: StartProgress,
): Promise<ModelComparison> {
  if (options.keep !== undefined) prepareDesignFolder(options.keep);
  preparePredictions(options);
  const lowered = loadLowered(path, options);
  const images = await loadTestImages(lowered, options);
  // Generated first: a fold that does not fit is to be told before minutes of evaluation.
  const generated = options.rtlImages > 0 ? generateRtl(designOf(lowered.network, options)) : null;
  const evaluations = await evaluateAll(lowered, images, generated, options, start);
  const { float, fixed, runs } = evaluations;
  writeLogits(options.logits, fixed.logits, lowered.model.classes.length);
  const predicted = [
    { name: 'float', classes: float.classes },
    { name: 'fixed', classes: fixed.classes },
    ...(runs === null ? [] : [{ name: 'rtl', classes: runs.free.classes }]),
  ];
  return {
    lowered,
    images,
    ...evaluations,
    tensors: compareTensors(lowered, images),
    predictions: predictionText(options, images, lowered.model.classes, predicted),
  };
}
