/** Accuracy of a model's integer network on test images, without any hardware. */
import { accuracyOf, countCorrect } from '../report/accuracy.js';
import { simulateImages } from '../simulate/pool.js';
import { calibrate, type Calibration } from '../report/calibration.js';
import { prepareDump, writeDump } from './dump.js';
import { loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweringOptions } from './inputs.js';
import { predictionText, preparePredictions, writeLogits, type PredictionOptions } from './predictions.js';
import { withProgress, type StartProgress } from './progress.js';

export interface SimulateOptions extends ImageOptions, LoweringOptions, PredictionOptions {
  /** Threads. */
  readonly workers: number;
  /** Folder for classes, logits and every layer (dump.ts). */
  readonly dump?: string;
}

export interface SimulatedAccuracy {
  readonly model: string;
  readonly digest: string;
  readonly dataset: string;
  /** SHA-256 of all its test images. */
  readonly dataDigest: string;
  readonly activationBits: number;
  readonly multiplierBits: number;
  readonly inputBits: number;
  readonly images: number;
  /** Null without labels, as the accuracy. */
  readonly correct: number | null;
  readonly accuracy: number | null;
  readonly workers: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly calibration: Omit<Calibration, 'warnings'>;
  /** About ranges that do not fit, and data that are not what the model's accuracy was measured on. */
  readonly warnings: readonly string[];
  /** CSV of the classes; null where nobody asked. */
  readonly predictions: string | null;
}

/** Runs the images on worker threads; `now` is a clock in ms. */
export async function simulateModel(
  path: string,
  options: SimulateOptions,
  now: () => number,
  start: StartProgress,
): Promise<SimulatedAccuracy> {
  preparePredictions(options);
  prepareDump(options.dump);
  const lowered = loadLowered(path, options);
  const images = await loadTestImages(lowered, options);
  const { activationBits, multiplierBits, inputBits, workers } = options;
  const started = now();
  const { classes, logits } = await withProgress(start, 'simulate', images.count, (onProgress) =>
    simulateImages(lowered.network, images.quantised, { workers, onProgress }),
  );
  const seconds = (now() - started) / 1000;
  const { warnings, ...calibration } = await withProgress(start, 'calibration', images.count, (onProgress) =>
    calibrate(lowered, images, { workers, onProgress }),
  );
  const names = lowered.model.classes;
  writeLogits(options.logits, logits, names.length);
  if (options.dump !== undefined) await writeDump(options.dump, lowered, images, start);
  return {
    model: lowered.model.name,
    digest: lowered.digest,
    ...{ dataset: images.dataset, dataDigest: images.dataDigest },
    ...{ activationBits, multiplierBits, inputBits },
    images: images.count,
    correct: images.labels && countCorrect(classes, images.labels),
    accuracy: accuracyOf(classes, images.labels),
    ...{ workers, seconds },
    imagesPerSecond: images.count / seconds,
    calibration,
    warnings: [...images.warnings, ...warnings],
    predictions: predictionText(options, images, names, [{ name: 'class', classes }]),
  };
}
