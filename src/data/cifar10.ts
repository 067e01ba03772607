/**
 * CIFAR-10 in its binary layout: files of 10,000 records, each a label byte and 3,072 pixel bytes (1,024 red, green, blue,
 * each row by row).
 */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { exists, openInput, type InputFile } from '../base/files.js';
import type { PixelDataset, Normalisation, PixelSplit } from './dataset.js';
import { findDataSet } from './folders.js';

const FOLDER = 'cifar-10-batches-bin';
/** The same images as pickled numpy arrays. */
const PYTHON_FOLDER = 'cifar-10-batches-py';
/** Most images that are read from a file: ten times what the files of CIFAR-10 hold. */
const MOST_IMAGES = 100_000;
const TEST_FILE = 'test_batch.bin';
const TRAIN_FILES = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);

const SIDE = 32;
const CHANNELS = 3;
const PIXELS = SIDE * SIDE;
const RECORD_BYTES = 1 + PIXELS * CHANNELS;
export const CIFAR10_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

export const CIFAR10_SHAPE = { height: SIDE, width: SIDE, channels: CHANNELS };

/** Mean and standard deviation of the 50,000 training images per channel, as commonly used. */
export const CIFAR10_NORMALISATION: Normalisation = {
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.247, 0.2435, 0.2616],
};

/** `folder` itself, its folder of binary files, or that in its folder cifar10. */
function locate(folder: string): string | null {
  const candidates = [folder, join(folder, FOLDER), join(folder, 'cifar10', FOLDER)];
  return candidates.find(hasCifar10) ?? null;
}

/** Whether a folder itself holds the test images. */
export function hasCifar10(folder: string): boolean {
  return exists(join(folder, TEST_FILE));
}

/** What is there instead, with the remedy. */
function lacks(folder: string): string {
  const missing = `holds no ${TEST_FILE}, nor does its folder ${FOLDER}`;
  const python = [folder, join(folder, PYTHON_FOLDER), join(folder, 'cifar10', PYTHON_FOLDER)].find((candidate) =>
    exists(join(candidate, 'test_batch')),
  );
  if (python === undefined) return `${missing}; fetch CIFAR-10's binary version and unpack it there`;
  return `${missing}; ${python} is the version for Python, python3 examples/cifar10_binary.py ${python} makes the binary one`;
}

/** Folder with the binary files (folders.ts says where it is looked for); null where there is none. */
export function findCifar10(explicit?: string): string | null {
  return findDataSet({ name: 'CIFAR-10', lacks, locate }, explicit);
}

/** All images of a file, their pixels turned to NHWC. */
function readRecords(path: string): PixelSplit {
  const file = openInput(path);
  try {
    return recordsOf(file, path);
  } finally {
    file.close();
  }
}

function recordsOf(file: InputFile, path: string): PixelSplit {
  const count = file.size / RECORD_BYTES;
  if (!Number.isInteger(count) || count === 0 || count > MOST_IMAGES) {
    throw new FlexorError(
      'data',
      `${path}: a CIFAR-10 file is 1 to ${MOST_IMAGES} images, records of ${RECORD_BYTES} bytes, got ${file.size} bytes; fetch the file again`,
    );
  }
  const bytes = file.read(0, file.size);
  const images = new Uint8Array(count * PIXELS * CHANNELS);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const record = bytes.subarray(n * RECORD_BYTES, (n + 1) * RECORD_BYTES);
    const label = record[0]!;
    if (label >= CIFAR10_CLASSES.length) {
      throw new FlexorError('data', `${path}: the label of image ${n} must be 0 to 9, got ${label}`);
    }
    labels[n] = label;
    for (let c = 0, from = 1; c < CHANNELS; c++) {
      for (let i = n * PIXELS; i < (n + 1) * PIXELS; i++, from++) images[i * CHANNELS + c] = record[from]!;
    }
  }
  return { images, labels, count };
}

/** Reads the 10,000 test images alone. */
export function loadCifar10Test(folder: string): PixelSplit {
  return readRecords(join(folder, TEST_FILE));
}

/** Reads all of CIFAR-10 from a folder that `findCifar10` returned. */
export function loadCifar10(folder: string): PixelDataset {
  return {
    name: 'CIFAR-10',
    shape: CIFAR10_SHAPE,
    normalisation: CIFAR10_NORMALISATION,
    classes: CIFAR10_CLASSES,
    train: joined(TRAIN_FILES.map((name) => readRecords(join(folder, name)))),
    test: loadCifar10Test(folder),
  };
}

function joined(parts: readonly PixelSplit[]): PixelSplit {
  const concatenate = (arrays: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(arrays));
  return {
    images: concatenate(parts.map((part) => part.images)),
    labels: concatenate(parts.map((part) => part.labels)),
    count: parts.reduce((sum, part) => sum + part.count, 0),
  };
}
