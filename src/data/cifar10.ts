/**
 * CIFAR-10 in its binary layout: files of 10,000 records, each a label byte and 3,072 pixel bytes (1,024 red, green, blue,
 * each row by row).
 */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { exists, readFile } from '../base/files.js';
import type { Dataset, Normalisation, Split } from './dataset.js';
import { findDataSet } from './folders.js';

const FOLDER = 'cifar-10-batches-bin';
const TEST_FILE = 'test_batch.bin';
const TRAIN_FILES = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);

const SIDE = 32;
const CHANNELS = 3;
const PIXELS = SIDE * SIDE;
const RECORD_BYTES = 1 + PIXELS * CHANNELS;
const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

export const CIFAR10_SHAPE = { height: SIDE, width: SIDE, channels: CHANNELS };

/** Mean and standard deviation of the 50,000 training images per channel, as commonly used. */
export const CIFAR10_NORMALISATION: Normalisation = {
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.247, 0.2435, 0.2616],
};

/** `folder` itself, its folder of binary files, or that in its folder cifar10. */
function locate(folder: string): string | null {
  const candidates = [folder, join(folder, FOLDER), join(folder, 'cifar10', FOLDER)];
  return candidates.find((candidate) => exists(join(candidate, TEST_FILE))) ?? null;
}

/** Folder with the binary files (folders.ts says where it is looked for); null where there is none. */
export function findCifar10(explicit?: string): string | null {
  const lacks = `holds no ${TEST_FILE}, nor does its folder ${FOLDER}`;
  return findDataSet({ name: 'CIFAR-10', lacks, locate }, explicit);
}

/** All images of a file, their pixels turned to NHWC. */
function readRecords(path: string): Split {
  const bytes = readFile(path);
  const count = bytes.length / RECORD_BYTES;
  if (!Number.isInteger(count) || count === 0) {
    throw new FlexorError(
      'data',
      `${path}: a CIFAR-10 file is records of ${RECORD_BYTES} bytes, got ${bytes.length} bytes; fetch the file again`,
    );
  }
  const images = new Uint8Array(count * PIXELS * CHANNELS);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const record = bytes.subarray(n * RECORD_BYTES, (n + 1) * RECORD_BYTES);
    const label = record[0]!;
    if (label >= CLASSES.length) {
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
export function loadCifar10Test(folder: string): Split {
  return readRecords(join(folder, TEST_FILE));
}

/** Reads all of CIFAR-10 from a folder that `findCifar10` returned. */
export function loadCifar10(folder: string): Dataset {
  return {
    name: 'CIFAR-10',
    shape: CIFAR10_SHAPE,
    normalisation: CIFAR10_NORMALISATION,
    classes: CLASSES,
    train: joined(TRAIN_FILES.map((name) => readRecords(join(folder, name)))),
    test: loadCifar10Test(folder),
  };
}

function joined(parts: readonly Split[]): Split {
  const concatenate = (arrays: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(arrays));
  return {
    images: concatenate(parts.map((part) => part.images)),
    labels: concatenate(parts.map((part) => part.labels)),
    count: parts.reduce((sum, part) => sum + part.count, 0),
  };
}
