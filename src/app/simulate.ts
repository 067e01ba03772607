/** Accuracy of a model's integer network on test images, without any hardware. */
import { accuracyOf, countCorrect } from '../report/accuracy.js';
import { simulateImages } from '../simulate/pool.js';
import { loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweringOptions } from './inputs.js';
import { withProgress, type StartProgress } from './progress.js';
import type { TestSetName } from './test-sets.js';

export interface SimulateOptions extends ImageOptions, LoweringOptions {
  /** Threads. */
  readonly workers: number;
}

export interface SimulatedAccuracy {
  readonly model: string;
  readonly digest: string;
  readonly dataset: TestSetName;
  readonly activationBits: number;
  readonly multiplierBits: number;
  readonly inputBits: number;
  readonly images: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly workers: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** Runs the images on worker threads; `now` is a clock in ms. */
export async function simulateModel(
  path: string,
  options: SimulateOptions,
  now: () => number,
  start: StartProgress,
): Promise<SimulatedAccuracy> {
  const lowered = loadLowered(path, options);
  const images = loadTestImages(lowered, options);
  const { activationBits, multiplierBits, inputBits, workers } = options;
  const started = now();
  const { classes } = await withProgress(start, 'simulate', images.count, (onProgress) =>
    simulateImages(lowered.network, images.quantised, { workers, onProgress }),
  );
  const seconds = (now() - started) / 1000;
  return {
    model: lowered.model.name,
    digest: lowered.digest,
    dataset: images.dataset,
    ...{ activationBits, multiplierBits, inputBits },
    images: images.count,
    correct: countCorrect(classes, images.labels),
    accuracy: accuracyOf(classes, images.labels),
    ...{ workers, seconds },
    imagesPerSecond: images.count / seconds,
  };
}
