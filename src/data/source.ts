/** How training reads images: batch after batch, so that a set in memory and one streamed from disk look the same. */
import { sha256 } from '../base/files.js';
import {
  gatherBatch,
  splitDigest,
  type Augmentation,
  type Batch,
  type Dataset,
  type DatasetInfo,
  type Split,
} from './dataset.js';

/** One batch to come. */
export interface BatchRequest {
  /** Of images in the split; an image may come twice. */
  readonly indices: Uint32Array;
  /** Random changes of the images; null for evaluation, which takes them as they are. */
  readonly augmentation: Augmentation | null;
}

export interface BatchSource {
  /** Images of the split. */
  readonly count: number;
  /**
   * One batch for each request, in their order. What is streamed takes requests ahead of the batches that it has given; a
   * batch depends on its own request alone.
   */
  batches(requests: Iterable<BatchRequest>): AsyncIterable<Batch>;
}

/** A data set as training sees it. */
export interface ImageSource extends DatasetInfo {
  readonly train: BatchSource;
  readonly test: BatchSource;
}

/** A split in memory as a source of batches. */
export function splitInMemory(dataset: Dataset, split: Split): BatchSource {
  return {
    count: split.count,
    async *batches(requests) {
      for (const { indices, augmentation } of requests) yield gatherBatch(dataset, split, indices, augmentation);
    },
  };
}

/** A data set in memory as training sees it. */
export function inMemory(dataset: Dataset): ImageSource {
  const { train, test, ...info } = dataset;
  return {
    ...info,
    testDigest: (count) => splitDigest(dataset.shape, test, count),
    train: splitInMemory(dataset, train),
    test: splitInMemory(dataset, test),
  };
}

/** The first `count` images unchanged, in their order, at most `batch` at a time. */
export function* inOrder(count: number, batch: number): Generator<BatchRequest> {
  for (let start = 0; start < count; start += batch) {
    const length = Math.min(batch, count - start);
    yield { indices: Uint32Array.from({ length }, (_, i) => start + i), augmentation: null };
  }
}

/** Images of each split that `imagesIdentity` reads. */
const SAMPLE = 16;

/**
 * What tells one image set from another in a line: its name, the sizes of its splits and a digest of the first images and
 * labels of both. It reads a few images only, since a streamed set cannot be read whole for this.
 */
export async function imagesIdentity({ name, train, test }: ImageSource): Promise<string> {
  const parts: Uint8Array[] = [];
  for (const split of [train, test]) {
    for await (const { pixels, labels } of split.batches(inOrder(Math.min(SAMPLE, split.count), SAMPLE))) {
      for (const { buffer, byteOffset, byteLength } of [pixels, labels]) {
        parts.push(new Uint8Array(buffer, byteOffset, byteLength));
      }
    }
  }
  return `${name}, ${train.count} + ${test.count} images, ${sha256(Buffer.concat(parts)).slice(0, 16)}`;
}
