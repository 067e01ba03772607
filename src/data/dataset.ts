/** A labelled set in memory: images of pixels 0 to 255, or examples of any numbers, NHWC, one label each. */
import { sha256 } from '../base/files.js';
import type { Random } from '../base/random.js';

/** Bytes of pixels, or numbers of any kind. */
export type Values = Uint8Array | Float32Array;

export interface Split {
  /** count · height · width · channels values. */
  readonly images: Values;
  readonly labels: Uint8Array | Int32Array;
  readonly count: number;
  /** What each is called, for lists of predictions; absent where numbers from 0 do. */
  readonly names?: readonly string[];
}

/** A split of pixels, of a data set that is built in. */
export interface PixelSplit extends Split {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** How a value p (a pixel: 0 to 255) becomes a network's input, per channel: (p/255 − mean)/std. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** p/255: a pixel stays an exact multiple of 1/255. */
export function plainPixels(channels: number): Normalisation {
  return { mean: new Array<number>(channels).fill(0), std: new Array<number>(channels).fill(1) };
}

/** What a data set states besides its images. */
export interface DatasetInfo {
  /** E.g. `MNIST` or `digits`. */
  readonly name: string;
  readonly shape: { readonly height: number; readonly width: number; readonly channels: number };
  readonly normalisation: Normalisation;
  /** Name of each class, by label. */
  readonly classes: readonly string[];
  /** Smallest and largest input on the training examples; absent for pixels, which are anything from 0 to 255. */
  readonly inputRange?: { readonly min: number; readonly max: number };
  /** `splitDigest` of the first `count` test examples; absent for a set that is streamed. */
  readonly testDigest?: (count: number) => string;
}

/** A data set in memory. */
export interface Dataset extends DatasetInfo {
  readonly train: Split;
  readonly test: Split;
}

/** A data set of pixels. */
export interface PixelDataset extends Dataset {
  readonly train: PixelSplit;
  readonly test: PixelSplit;
}

/** Pixels of one image. */
export function imageSize({ shape }: DatasetInfo): number {
  const { height, width, channels } = shape;
  return height * width * channels;
}

/**
 * SHA-256 of a split, or of its first `count` examples: its sizes, its values and its labels, whatever files they came from.
 * It tells whether an accuracy was measured on these examples.
 */
export function splitDigest(
  { height, width, channels }: DatasetInfo['shape'],
  split: Pick<Split, 'images' | 'count'> & { readonly labels: Split['labels'] | null },
  count = split.count,
): string {
  const images = split.images.subarray(0, count * height * width * channels);
  const kind = images instanceof Uint8Array ? 'bytes' : 'float32';
  const head = `flexor data 1: ${count} of ${height}x${width}x${channels} ${kind}\n`;
  const bytes = new Uint8Array(images.buffer, images.byteOffset, images.byteLength);
  const numbers = Int32Array.from(split.labels?.subarray(0, count) ?? []);
  return sha256(Buffer.concat([Buffer.from(head), bytes, new Uint8Array(numbers.buffer)]));
}

/** A batch as a network takes it: normalised pixels, NHWC. */
export interface Batch {
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

/** Random changes of training images; every image draws its own. */
export interface Augmentation {
  /** Moved by up to that many pixels each way, zeros coming in: padding by as many and cropping at random. */
  readonly shift: number;
  /** Mirrored left to right, every second one. */
  readonly flip: boolean;
  readonly random: Random;
}

/** Images `indices` of a split, changed at random where `augmentation` says so. */
export function gatherBatch(
  dataset: Dataset,
  split: Split,
  indices: Uint32Array,
  augmentation: Augmentation | null = null,
): Batch {
  const size = imageSize(dataset);
  const pixels = new Float32Array(indices.length * size);
  const labels = new Int32Array(indices.length);
  const inputs = inputsOf(split.images, dataset.normalisation);
  indices.forEach((index, b) => {
    labels[b] = split.labels[index]!;
    const image = split.images.subarray(index * size, (index + 1) * size);
    const target = pixels.subarray(b * size, (b + 1) * size);
    copyImage(image, target, dataset.shape, inputs, drawMove(augmentation));
  });
  return { pixels, labels };
}

/** Network input of every pixel value, per channel. */
export function normalisationTables({ mean, std }: Normalisation): Float32Array[] {
  return mean.map((m, c) => Float32Array.from({ length: 256 }, (_, p) => (p / 255 - m) / std[c]!));
}

/** What turns a value of a channel into the network's input. */
type ToInput = (value: number, channel: number) => number;

function inputsOf(images: Values, normalisation: Normalisation): ToInput {
  if (images instanceof Float32Array) {
    const { mean, std } = normalisation;
    return (value, c) => (value / 255 - mean[c]!) / std[c]!;
  }
  const tables = normalisationTables(normalisation);
  return (value, c) => tables[c]![value]!;
}

/** Where an image goes: down, to the right, mirrored first. */
interface Move {
  readonly down: number;
  readonly right: number;
  readonly flip: boolean;
}

function drawMove(augmentation: Augmentation | null): Move {
  if (augmentation === null) return { down: 0, right: 0, flip: false };
  const { shift, flip, random } = augmentation;
  const [down, right] = shift === 0 ? [0, 0] : [random.between(-shift, shift), random.between(-shift, shift)];
  return { down, right, flip: flip && random.below(2) === 1 };
}

function copyImage(
  image: Values,
  target: Float32Array,
  { height, width, channels }: Dataset['shape'],
  toInput: ToInput,
  { down, right, flip }: Move,
): void {
  for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(width, width + right); x++) {
      const column = flip ? width - 1 - (x - right) : x - right;
      const from = ((y - down) * width + column) * channels;
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) target[to + c] = toInput(image[from + c]!, c);
    }
  }
}
