/**
 * Data as NumPy arrays: images and labels, in a `.npz` file or in `.npy` files of a folder. Where no label is needed they may
 * be left out, and a `.npy` file of images is enough.
 */
import { join } from 'node:path';
import { kindOf, openInput } from '../../base/files.js';
import { dataProblem, MOST_CLASSES } from './limits.js';
import { readNpy, readNpyFrom, shapeText, type NpyArray } from './npy.js';
import { arrayLayout, channelsLast } from './layout.js';
import type { Form, Found, LoadPart, RawPart, ReadOptions } from './types.js';
import { zipMembers } from './zip.js';

/** Names of images and labels: Keras's, spelt out, and short. */
const PAIRS = {
  train: [
    ['x_train', 'y_train'],
    ['train_images', 'train_labels'],
  ],
  test: [
    ['x_test', 'y_test'],
    ['test_images', 'test_labels'],
  ],
  whole: [
    ['images', 'labels'],
    ['x', 'y'],
  ],
} as const;

/** Reads the array of a name; null where there is none. */
type ReadArray = (name: string) => { readonly where: string; readonly array: NpyArray } | null;

export const ARRAY_FILE: Form = {
  kind: 'array-file',
  name: '.npz or .npy file',
  find(path, options) {
    if (kindOf(path) !== 'file') return null;
    if (/\.npz$/i.test(path)) return foundIn(archiveNames(path), inArchive(path), options);
    if (!/\.npy$/i.test(path)) return null;
    const load: LoadPart = () => partOf(readNpy(path), null, path, options);
    return { train: null, test: load, whole: null, classes: null };
  },
};

export const ARRAY_FOLDER: Form = {
  kind: 'array-folder',
  name: 'folder of .npy files',
  find(path, options) {
    const files = (name: string): boolean => kindOf(join(path, `${name}.npy`)) === 'file';
    const names = Object.values(PAIRS).flat(2).filter(files);
    return names.length === 0 ? null : foundIn(names, inFolder(path), options);
  },
};

function foundIn(names: readonly string[], read: ReadArray, options: ReadOptions): Found | null {
  const part = (pairs: readonly (readonly [string, string])[]): LoadPart | null => {
    const pair = pairs.find(([images]) => names.includes(images));
    return pair === undefined ? null : () => readPair(read, ...pair, options);
  };
  const found = { train: part(PAIRS.train), test: part(PAIRS.test), whole: part(PAIRS.whole), classes: null };
  return found.train === null && found.test === null && found.whole === null ? null : found;
}

function archiveNames(path: string): string[] {
  const file = openInput(path);
  try {
    return zipMembers(file, path).map(({ name }) => name.replace(/\.npy$/, ''));
  } finally {
    file.close();
  }
}

function inArchive(path: string): ReadArray {
  return (name) => {
    const file = openInput(path);
    try {
      const member = zipMembers(file, path).find((each) => each.name === `${name}.npy`);
      const where = `${path}: ${name}`;
      return member === undefined ? null : { where, array: readNpyFrom(member, where) };
    } finally {
      file.close();
    }
  };
}

function inFolder(folder: string): ReadArray {
  return (name) => {
    const where = join(folder, `${name}.npy`);
    return kindOf(where) === 'file' ? { where, array: readNpy(where) } : null;
  };
}

function readPair(read: ReadArray, imagesName: string, labelsName: string, options: ReadOptions): RawPart {
  const { where, array } = read(imagesName)!;
  return partOf(array, read(labelsName), where, options);
}

/** Images of an array in the order of the models, channels last. */
function partOf(array: NpyArray, labels: ReturnType<ReadArray>, where: string, options: ReadOptions): RawPart {
  const { count, shape, isChannelsFirst } = arrayLayout(array.shape, where, options);
  const read = array.values instanceof Uint8Array ? array.values : Float32Array.from(array.values);
  const wrong = read instanceof Float32Array ? read.findIndex((value) => !Number.isFinite(value)) : -1;
  if (wrong >= 0) throw dataProblem(where, `must be finite numbers, got ${read[wrong]} at element ${wrong}`);
  const images = isChannelsFirst ? channelsLast(read, shape) : read;
  return { count, shape, images, labels: labels && labelsOf(labels.array, count, labels.where), where };
}

/** One whole number an example. */
function labelsOf({ shape, values }: NpyArray, count: number, where: string): Int32Array {
  const isVector = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!isVector || values.length !== count) {
    throw dataProblem(where, `must be one class for each of the ${count} examples, got ${shapeText(shape)}`);
  }
  const wrong = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < MOST_CLASSES));
  if (wrong >= 0) {
    const rule = `classes must be whole numbers from 0 to ${MOST_CLASSES - 1}`;
    throw dataProblem(where, `${rule}, got ${values[wrong]} at example ${wrong}`);
  }
  return Int32Array.from(values);
}
