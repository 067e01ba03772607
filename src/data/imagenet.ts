/**
 * ImageNet (or any set of JPEGs laid out like it), streamed: `train` and `val` hold class folders or tar archives
 * (image-index.ts), or are the archives in which ImageNet is distributed. Classes are the names found in `train`, sorted. Only names and places are in memory, and a few batches.
 */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { exists, readText } from '../base/files.js';
import { Random } from '../base/random.js';
import { normalisationTables, type Batch, type Normalisation } from './dataset.js';
import { DecodePool, type DecodeItem } from './decode-pool.js';
import { findDataSet } from './folders.js';
import { describeImage, findImages, type ClassTable, type FoundImage } from './image-index.js';
import { prefetched } from './prefetch.js';
import type { BatchRequest, BatchSource, ImageSource } from './source.js';

/** Side of the images that networks for ImageNet take. */
export const IMAGENET_SIDE = 224;

const CHANNELS = 3;
const SPLITS = { train: 'train', test: 'val' } as const;

/** Batches decoded ahead of the one in use. */
const AHEAD = 2;

/** Mean and standard deviation of the training images per channel, as commonly used. */
const NORMALISATION: Normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Below the folder that is given; Kaggle's archive unpacks to the last one. */
const FOLDERS = ['', 'imagenet', 'ILSVRC/Data/CLS-LOC'];

/** A split's folder, or the archive in which ImageNet is distributed; null where there is neither. */
function splitPlace(folder: string, split: string): string | null {
  const names = [split, `${split}.tar`, `ILSVRC2012_img_${split}.tar`];
  return names.map((name) => join(folder, name)).find((path) => exists(path)) ?? null;
}

/** The folder in or below `folder` that holds both splits. */
function locate(folder: string): string | null {
  const holdsSplits = (candidate: string): boolean =>
    Object.values(SPLITS).every((split) => splitPlace(candidate, split) !== null);
  return FOLDERS.map((place) => join(folder, place)).find(holdsSplits) ?? null;
}

/** Whether both splits lie in or below a folder. */
export function hasImageNet(folder: string): boolean {
  return locate(folder) !== null;
}

/** Folder with train and val (folders.ts says where it is looked for); null where there is none. */
export function findImageNet(explicit?: string): string | null {
  const lacks = (): string =>
    'holds no folders train and val (or ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar), nor does its folder imagenet';
  return findDataSet({ name: 'ImageNet', lacks, locate }, explicit);
}

/** Kaggle's table of the validation images, `ImageId,PredictionString`: an image and `CLASS x y x y …`. */
const TABLE = 'LOC_val_solution.csv';
const MOST_TABLE_BYTES = 2 ** 26;

/** The table where it lies in the folder of the splits or where Kaggle's archive has it; null where it does not. */
function classTable(folder: string): ClassTable {
  const path = [folder, join(folder, '..', '..', '..')].map((place) => join(place, TABLE)).find((file) => exists(file));
  if (path === undefined) return null;
  const rows = readText(path, MOST_TABLE_BYTES).matchAll(/^([^,\s]+),(\w+)/gm);
  return new Map([...rows].map(([, image, className]) => [image!, className!]));
}

export interface ImageNetOptions {
  /** Height and width of the images as the network sees them. */
  readonly side: number;
  /** Threads that decode; batches do not depend on it. */
  readonly workers: number;
}

/** Lists the images of a folder that `findImageNet` returned. */
export function openImageNet(folder: string, { side, workers }: ImageNetOptions): ImageSource {
  const table = classTable(folder);
  const train = findImages(splitPlace(folder, SPLITS.train)!, null);
  const classes = [...new Set(train.map((image) => image.className))];
  const labels = new Map(classes.map((name, label) => [name, label]));
  const pool = new DecodePool(workers);
  const split = (name: string, images: readonly FoundImage[]): BatchSource =>
    new StreamedSplit(shuffled(name, images), labels, side, pool);
  return {
    ...{ name: 'ImageNet', shape: { height: side, width: side, channels: CHANNELS } },
    ...{ normalisation: NORMALISATION, classes },
    train: split(SPLITS.train, train),
    test: split(SPLITS.test, findImages(splitPlace(folder, SPLITS.test)!, table)),
  };
}

/** A fixed random order, so that the first images of a split are of all classes. */
function shuffled(name: string, images: readonly FoundImage[]): FoundImage[] {
  return Array.from(Random.derive(0, `images of ${name}`).permutation(images.length), (i) => images[i]!);
}

class StreamedSplit implements BatchSource {
  readonly count: number;
  private readonly labels: Int32Array;
  private readonly tables = normalisationTables(NORMALISATION);

  constructor(
    private readonly images: readonly FoundImage[],
    labels: ReadonlyMap<string, number>,
    private readonly side: number,
    private readonly pool: DecodePool,
  ) {
    this.count = images.length;
    this.labels = Int32Array.from(images, (image) => labelOf(image, labels));
  }

  batches(requests: Iterable<BatchRequest>): AsyncIterable<Batch> {
    return prefetched(requests, AHEAD, (request) => this.decode(request));
  }

  private async decode({ indices, augmentation }: BatchRequest): Promise<Batch> {
    const items = Array.from(indices, (index): DecodeItem => {
      const { path, member } = this.images[index]!;
      const change = augmentation && { seed: augmentation.random.uint32(), flip: augmentation.flip };
      return { path, member, change };
    });
    const bytes = await this.pool.decode(items, this.side);
    const pixels = new Float32Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) pixels[i] = this.tables[i % CHANNELS]![bytes[i]!]!;
    return { pixels, labels: Int32Array.from(indices, (index) => this.labels[index]!) };
  }
}

function labelOf(image: FoundImage, labels: ReadonlyMap<string, number>): number {
  const label = labels.get(image.className);
  if (label !== undefined) return label;
  throw new FlexorError(
    'data',
    `${describeImage(image)}: class ${image.className} is not among the ${labels.size} classes of ${SPLITS.train}`,
  );
}
