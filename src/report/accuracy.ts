/** Accuracy: float evaluation on several threads, and the share of right answers. */
import { runBatches, sharedFloat32, workerScript } from '../base/worker-pool.js';
import { classify } from '../model/evaluate.js';
import { elementCount } from '../graph/shapes.js';
import type { FlexorModel } from '../model/types.js';

/** What a worker gets (float-worker.ts). */
export interface FloatTask {
  readonly model: FlexorModel;
  /** images × elements, preprocessed. */
  readonly images: Float32Array;
  /** images × classes. */
  readonly logits: Float32Array;
}

/** What the float network says of images, in their order. */
export interface FloatBatch {
  /** images × classes. */
  readonly logits: Float32Array;
  /** Class of every image. */
  readonly classes: Uint32Array;
}

export interface FloatOptions {
  readonly workers: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Images that a worker evaluates at once. */
const BATCH = 16;

/** Logits and class that the float network gives each image, whatever the number of workers. */
export async function evaluateImages(
  model: FlexorModel,
  preprocessed: Float32Array,
  options: FloatOptions,
): Promise<FloatBatch> {
  const total = preprocessed.length / elementCount(model.input.shape);
  const images = sharedFloat32(preprocessed.length);
  images.set(preprocessed);
  const logits = sharedFloat32(total * model.classes.length);
  const data: FloatTask = { model, images, logits };
  const script = workerScript('float');
  if (total > 0) await runBatches({ script, data, total, batch: BATCH, ...options });
  return { logits, classes: classify(logits, model.classes.length) };
}

/** How many of the first `count` classes are right. */
export function countCorrect(classes: ArrayLike<number>, labels: ArrayLike<number>, count = classes.length): number {
  let correct = 0;
  for (let i = 0; i < count; i++) if (classes[i] === labels[i]) correct++;
  return correct;
}

/** Share of right classes among the first `count`, 0 to 1; null where there are no labels. */
export function accuracyOf<L extends ArrayLike<number> | null>(
  classes: ArrayLike<number>,
  labels: L,
  count?: number,
): L extends null ? number | null : number;
export function accuracyOf(
  classes: ArrayLike<number>,
  labels: ArrayLike<number> | null,
  count = classes.length,
): number | null {
  return labels === null ? null : countCorrect(classes, labels, count) / count;
}
