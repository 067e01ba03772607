/** A labelled image set in memory: pixels 0 to 255, NHWC, one label per image. */
import type { Random } from '../base/random.js';

export interface Split {
  /** count · height · width · channels pixels. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

export interface Dataset {
  /** E.g. `MNIST` or `digits`. */
  readonly name: string;
  readonly shape: { readonly height: number; readonly width: number; readonly channels: number };
  /** Name of each class, by label. */
  readonly classes: readonly string[];
  readonly train: Split;
  readonly test: Split;
}

/** Pixels of one image. */
export function imageSize(dataset: Dataset): number {
  const { height, width, channels } = dataset.shape;
  return height * width * channels;
}

/** The first `count` images of a split (all, where it has fewer). */
export function firstImages(split: Split, count: number, size: number): Split {
  const n = Math.min(count, split.count);
  return { images: split.images.subarray(0, n * size), labels: split.labels.subarray(0, n), count: n };
}

/** A batch as a network takes it: (pixel/255 − mean)/std with mean 0 and std 1, so a pixel is an exact multiple of 1/255. */
export interface Batch {
  readonly pixels: Float32Array;
  readonly labels: Uint8Array;
}

/** Images `indices` of a split; with `shift` each is moved by up to that many pixels each way, zeros coming in. */
export function gatherBatch(
  dataset: Dataset,
  split: Split,
  indices: Uint32Array,
  shift: { readonly pixels: number; readonly random: Random } | null = null,
): Batch {
  const size = imageSize(dataset);
  const pixels = new Float32Array(indices.length * size);
  const labels = new Uint8Array(indices.length);
  indices.forEach((index, b) => {
    labels[b] = split.labels[index]!;
    const image = split.images.subarray(index * size, (index + 1) * size);
    const target = pixels.subarray(b * size, (b + 1) * size);
    if (shift === null || shift.pixels === 0) {
      for (let i = 0; i < size; i++) target[i] = image[i]! / 255;
    } else {
      const dy = shift.random.between(-shift.pixels, shift.pixels);
      const dx = shift.random.between(-shift.pixels, shift.pixels);
      copyShifted(image, target, dataset.shape, dy, dx);
    }
  });
  return { pixels, labels };
}

function copyShifted(image: Uint8Array, target: Float32Array, shape: Dataset['shape'], dy: number, dx: number): void {
  const { height, width, channels } = shape;
  for (let y = Math.max(0, dy); y < Math.min(height, height + dy); y++) {
    for (let x = Math.max(0, dx); x < Math.min(width, width + dx); x++) {
      const from = ((y - dy) * width + (x - dx)) * channels;
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) target[to + c] = image[from + c]! / 255;
    }
  }
}
