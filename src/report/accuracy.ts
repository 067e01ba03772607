/** Accuracy: float evaluation on several threads, and the share of right answers. */
import { runBatches, sharedFloat32, sharedInt32, workerScript } from '../base/worker-pool.js';
import { elements } from '../model/shapes.js';
import type { FlexorModel } from '../model/types.js';

/** What a worker gets (float-worker.ts). */
export interface FloatTask {
  readonly model: FlexorModel;
  /** images × elements, preprocessed. */
  readonly images: Float32Array;
  readonly classes: Int32Array;
}

export interface FloatOptions {
  readonly workers: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Images that a worker evaluates at once. */
const BATCH = 16;

/** The class that the float network gives each image, in the order of the images. */
export async function floatClasses(
  model: FlexorModel,
  preprocessed: Float32Array,
  options: FloatOptions,
): Promise<Int32Array> {
  const total = preprocessed.length / elements(model.input.shape);
  const images = sharedFloat32(preprocessed.length);
  images.set(preprocessed);
  const classes = sharedInt32(total);
  const data: FloatTask = { model, images, classes };
  const script = workerScript(import.meta.url, 'float-worker');
  if (total > 0) await runBatches({ script, data, total, batch: BATCH, ...options });
  return classes;
}

/** How many of the first `count` classes are right. */
export function countCorrect(classes: ArrayLike<number>, labels: ArrayLike<number>, count = classes.length): number {
  let correct = 0;
  for (let i = 0; i < count; i++) if (classes[i] === labels[i]) correct++;
  return correct;
}

/** Share of right classes among the first `count`, 0 to 1. */
export function accuracyOf(classes: ArrayLike<number>, labels: ArrayLike<number>, count = classes.length): number {
  return countCorrect(classes, labels, count) / count;
}
