/** MNIST from its four IDX files, gzipped or not. */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { exists } from '../base/files.js';
import { plainPixels, type Dataset, type Split } from './dataset.js';
import { findDataSet } from './folders.js';
import { readIdx } from './idx.js';

const FILES = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

const SIDE = 28;
const CLASSES = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Path of an IDX file in a folder, gzipped or not; null where there is none. */
function locate(folder: string, name: string): string | null {
  for (const candidate of [`${name}.gz`, name]) {
    const path = join(folder, candidate);
    if (exists(path)) return path;
  }
  return null;
}

/** The folder that holds the MNIST files: `folder` itself or its subfolder mnist. */
function mnistFolder(folder: string): string | null {
  for (const candidate of [join(folder, 'mnist'), folder]) {
    if (locate(candidate, FILES.test.images) !== null) return candidate;
  }
  return null;
}

/** Folder with the MNIST files (folders.ts says where it is looked for); null where there is none. */
export function findMnist(explicit?: string): string | null {
  const lacks = `holds no ${FILES.test.images}(.gz), nor does its folder mnist`;
  return findDataSet({ name: 'MNIST', lacks, locate: mnistFolder }, explicit);
}

function readSplit(folder: string, names: { readonly images: string; readonly labels: string }): Split {
  const path = (name: string): string => {
    const found = locate(folder, name);
    if (found === null) throw new FlexorError('data', `MNIST folder ${folder} has no ${name} or ${name}.gz`);
    return found;
  };
  const imagesPath = path(names.images);
  const labelsPath = path(names.labels);
  const images = readIdx(imagesPath, 3);
  const labels = readIdx(labelsPath, 1);
  const [count, height, width] = images.sizes as [number, number, number];
  if (height !== SIDE || width !== SIDE) {
    throw new FlexorError('data', `${imagesPath}: MNIST images are ${SIDE}×${SIDE}, got ${height}×${width}`);
  }
  if (labels.sizes[0] !== count) {
    throw new FlexorError('data', `${labelsPath}: ${labels.sizes[0]} labels for the ${count} images of ${imagesPath}`);
  }
  const wrong = labels.data.findIndex((label) => label >= CLASSES.length);
  if (wrong >= 0) {
    throw new FlexorError('data', `${labelsPath}: label ${wrong} must be 0 to 9, got ${labels.data[wrong]}`);
  }
  return { images: images.data, labels: labels.data, count };
}

/** Reads the 10,000 test images alone: what comparing and simulating need. */
export function loadMnistTest(folder: string): Split {
  return readSplit(folder, FILES.test);
}

/** Reads all of MNIST from a folder that `findMnist` returned. */
export function loadMnist(folder: string): Dataset {
  return {
    name: 'MNIST',
    shape: { height: SIDE, width: SIDE, channels: 1 },
    normalisation: plainPixels(1),
    classes: CLASSES,
    train: readSplit(folder, FILES.train),
    test: readSplit(folder, FILES.test),
  };
}
