/** Logits and predicted classes of test images as files. */
import { prepareOutput, saveResult } from '../base/output.js';
import { encodeNpy } from '../data/own/npy.js';
import type { TestImages } from './inputs.js';

/** Files to write; `predictions` true: the lines are only returned. */
export interface PredictionOptions {
  /** `.npy` file of the logits, [images, classes]. */
  readonly logits?: string;
  /** CSV file of the classes. */
  readonly predictions?: string | true;
}

/** Tries the files before minutes of work. */
export function preparePredictions({ logits, predictions }: PredictionOptions): void {
  for (const path of [logits, predictions]) if (typeof path === 'string') prepareOutput(path);
}

/** The class that one way of running the network gives each image; fewer where it saw only the first ones. */
export interface Predicted {
  readonly name: string;
  readonly classes: ArrayLike<number>;
}

/** Writes the integer logits that `values` has, images × classes. */
export function writeLogits(
  path: string | undefined,
  values: Float64Array | readonly (readonly number[])[],
  classes: number,
): void {
  if (path === undefined) return;
  const integers = values instanceof Float64Array ? values : Float64Array.from(values.flat());
  const exact = BigInt64Array.from(integers, (value) => BigInt(value));
  saveResult(path, encodeNpy([integers.length / classes, classes], exact));
}

/** A line for each image, `image,label,…`, written where a file is named; null where nobody asked. */
export function predictionText(
  { predictions }: PredictionOptions,
  images: Pick<TestImages, 'count' | 'names'> & { readonly labels: ArrayLike<number> | null },
  classes: readonly string[],
  predicted: readonly Predicted[],
): string | null {
  if (predictions === undefined) return null;
  const most = Math.min(images.count, Math.max(0, ...predicted.map((each) => each.classes.length)));
  const className = (index: number | undefined): string => (index === undefined ? '' : (classes[index] ?? ''));
  const rows = Array.from({ length: most }, (_, i) => [
    images.names?.[i] ?? String(i),
    className(images.labels?.[i]),
    ...predicted.map((each) => className(each.classes[i])),
  ]);
  const header = ['image', 'label', ...predicted.map(({ name }) => name)];
  const text = [header, ...rows].map((cells) => `${cells.map(cell).join(',')}\n`).join('');
  if (typeof predictions === 'string') saveResult(predictions, text);
  return text;
}

/** A cell of RFC 4180. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
