/** How training reads images: batch after batch, so that a set in memory and one streamed from disk look the same. */
import { gatherBatch, type Augmentation, type Batch, type Dataset, type DatasetInfo, type Split } from './dataset.js';

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
  const { name, shape, normalisation, classes, train, test } = dataset;
  return {
    ...{ name, shape, normalisation, classes },
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
