/** Accuracy of all evaluations, confusion, and the images that tell float and integer network apart. */
import type { SimulationBatch } from '../../simulate/pool.js';
import { countCorrect } from '../accuracy.js';
import type { FloatBatch } from '../accuracy.js';
import type { Comparison } from '../comparison.js';
import type { AccuracyFigures, Decision, Example, ExampleFigures } from './types.js';
import { proportion } from './wilson.js';

/** Most examples of either kind. */
const MAX_EXAMPLES = 12;

/** What the images gave. */
export interface ImageEvaluations {
  readonly dataset: string;
  readonly labels: ArrayLike<number>;
  /** images × elements, 0 to 255. */
  readonly pixels: Uint8Array;
  readonly float: FloatBatch;
  readonly integer: SimulationBatch;
  /** Real value of one unit of the integer network's logits. */
  readonly logitScale: number;
}

export function accuracyFigures(evaluations: ImageEvaluations, { agreeing, rtl }: Comparison): AccuracyFigures {
  const { dataset, labels, float, integer } = evaluations;
  const images = integer.classes.length;
  const classes = integer.logits.length / images;
  return {
    dataset,
    float: proportion(countCorrect(float.classes, labels), images),
    integer: proportion(countCorrect(integer.classes, labels), images),
    // The accuracy is right/images, so this gives the integer back.
    rtl: rtl === null ? null : proportion(Math.round((rtl.accuracy ?? 0) * rtl.images), rtl.images),
    agreeing,
    confusion: {
      float: confusion(labels, float.classes, classes),
      integer: confusion(labels, integer.classes, classes),
    },
  };
}

function confusion(labels: ArrayLike<number>, given: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < given.length; i++) counts[labels[i]!]![given[i]!]!++;
  return counts;
}

export function exampleFigures(evaluations: ImageEvaluations): ExampleFigures {
  const { float, integer } = evaluations;
  const all = Array.from({ length: integer.classes.length }, (_, image) => image);
  const differs = (image: number): boolean => float.classes[image] !== integer.classes[image];
  const margins = Float64Array.from(all, (image) => decision(integer, image, 1).margin);
  const closest = all.filter((image) => !differs(image)).sort((a, b) => margins[a]! - margins[b]! || a - b);
  const examples = (images: readonly number[]): Example[] =>
    images.slice(0, MAX_EXAMPLES).map((image) => example(evaluations, image));
  return { disagreeing: examples(all.filter(differs)), closest: examples(closest) };
}

function example(evaluations: ImageEvaluations, image: number): Example {
  const { labels, pixels, float, integer, logitScale } = evaluations;
  const size = pixels.length / integer.classes.length;
  return {
    image,
    label: labels[image]!,
    float: decision(float, image, 1),
    integer: decision(integer, image, logitScale),
    pixels: Buffer.from(pixels.subarray(image * size, (image + 1) * size)).toString('base64'),
  };
}

function decision(batch: FloatBatch | SimulationBatch, image: number, scale: number): Decision {
  const classes = batch.logits.length / batch.classes.length;
  const logits = [...batch.logits.subarray(image * classes, (image + 1) * classes)].sort((a, b) => b - a);
  return { class: batch.classes[image]!, margin: classes < 2 ? 0 : (logits[0]! - logits[1]!) * scale };
}
