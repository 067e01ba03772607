/**
 * MNIST from its four IDX files, gzipped or not, under the names and in the folders in which it is found: the original's,
 * torchvision's (`MNIST/raw/`), Kaggle's (`t10k-images.idx3-ubyte`, and folders of the same name as the file).
 */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { plainPixels, splitDigest, type PixelDataset, type PixelSplit } from './dataset.js';
import { findDataSet } from './folders.js';
import { idxFiles, readIdxNamed } from './idx-files.js';

const FILES = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

/** Below the folder that is given; the first one that holds the test images counts. */
const FOLDERS = ['mnist', '', 'MNIST', 'raw', 'MNIST/raw', 'mnist/raw', 'mnist/MNIST/raw'];

const SIDE = 28;
export const MNIST_SHAPE = { height: SIDE, width: SIDE, channels: 1 };
/** `splitDigest` of MNIST's 10,000 test images. */
const TEST_DIGEST = 'ea07663f09a01cb8c9edf80114a2c80405da46a72d070238bb5ab644492e9276';
const CLASSES = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** The folder that holds the MNIST files, in or below `folder`. */
function mnistFolder(folder: string): string | null {
  const places = FOLDERS.map((place) => join(folder, place));
  return places.find((place) => idxFiles(place, FILES.test.images).length > 0) ?? null;
}

/** Folder with the MNIST files (folders.ts says where it is looked for); null where there is none. */
export function findMnist(explicit?: string): string | null {
  const lacks = (): string =>
    `holds no ${FILES.test.images}(.gz), nor do its folders mnist and MNIST/raw; put MNIST's four IDX files there`;
  return findDataSet({ name: 'MNIST', lacks, locate: mnistFolder }, explicit);
}

function readSplit(folder: string, names: { readonly images: string; readonly labels: string }): PixelSplit {
  const images = readIdxNamed('MNIST', folder, names.images, 3);
  const labels = readIdxNamed('MNIST', folder, names.labels, 1);
  const [count, height, width] = images.sizes as [number, number, number];
  if (count === 0)
    throw new FlexorError('data', `${images.path}: there must be images, got none; fetch the file again`);
  if (height !== SIDE || width !== SIDE) {
    throw new FlexorError('data', `${images.path}: MNIST images are ${SIDE}×${SIDE}, got ${height}×${width}`);
  }
  if (labels.sizes[0] !== count) {
    throw new FlexorError(
      'data',
      `${labels.path}: ${labels.sizes[0]} labels for the ${count} images of ${images.path}`,
    );
  }
  const wrong = labels.data.findIndex((label) => label >= CLASSES.length);
  if (wrong >= 0) {
    throw new FlexorError('data', `${labels.path}: label ${wrong} must be 0 to 9, got ${labels.data[wrong]}`);
  }
  return { images: images.data, labels: labels.data, count };
}

/** Reads the 10,000 test images alone: what comparing and simulating need. */
export function loadMnistTest(folder: string): PixelSplit {
  return readSplit(folder, FILES.test);
}

/** Whether these are MNIST's test images: others come in files of the same names, too. */
export function isMnistTest(test: PixelSplit): boolean {
  return splitDigest(MNIST_SHAPE, test) === TEST_DIGEST;
}

/** Reads all of MNIST from a folder that `findMnist` returned. */
export function loadMnist(folder: string): PixelDataset {
  return {
    name: 'MNIST',
    shape: MNIST_SHAPE,
    normalisation: plainPixels(1),
    classes: CLASSES,
    train: readSplit(folder, FILES.train),
    test: readSplit(folder, FILES.test),
  };
}
