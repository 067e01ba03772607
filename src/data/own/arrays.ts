/** Data as NumPy arrays: images and labels, in a `.npz` file or in `.npy` files of a folder. */
import { join } from 'node:path';
import { kindOf, openInput } from '../../base/files.js';
import { dataProblem, MOST_CLASSES, MOST_SIDE } from './limits.js';
import { readNpy, readNpyFrom, shapeText, type NpyArray } from './npy.js';
import type { Form, Found, LoadPart, RawPart, Shape } from './types.js';
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
  name: '.npz file',
  find: (path) =>
    /\.npz$/i.test(path) && kindOf(path) === 'file' ? foundIn(archiveNames(path), inArchive(path)) : null,
};

export const ARRAY_FOLDER: Form = {
  kind: 'array-folder',
  name: 'folder of .npy files',
  find(path) {
    const files = (name: string): boolean => kindOf(join(path, `${name}.npy`)) === 'file';
    const names = Object.values(PAIRS).flat(2).filter(files);
    return names.length === 0 ? null : foundIn(names, inFolder(path));
  },
};

function foundIn(names: readonly string[], read: ReadArray): Found | null {
  const part = (pairs: readonly (readonly [string, string])[]): LoadPart | null => {
    const pair = pairs.find(([images]) => names.includes(images));
    return pair === undefined ? null : () => readPair(read, ...pair);
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

function readPair(read: ReadArray, imagesName: string, labelsName: string): RawPart {
  const images = read(imagesName)!;
  const labels = read(labelsName);
  const { where, array } = images;
  if (labels === null) throw dataProblem(where, `has no labels; put them beside it under the name ${labelsName}`);
  const { count, shape } = imageShape(array.shape, where);
  const values = array.values instanceof Uint8Array ? array.values : Float32Array.from(array.values);
  const wrong = values instanceof Float32Array ? values.findIndex((value) => !Number.isFinite(value)) : -1;
  if (wrong >= 0) throw dataProblem(where, `must be finite numbers, got ${values[wrong]} at element ${wrong}`);
  return { count, shape, images: values, labels: labelsOf(labels.array, count, labels.where), where };
}

/** [N, F] is a table, [N, H, W] grey images, [N, H, W, C] any images. */
export function imageShape(sizes: readonly number[], where: string): { readonly count: number; readonly shape: Shape } {
  const [count = 0, ...rest] = sizes;
  if (sizes.length < 2 || sizes.length > 4) {
    throw dataProblem(
      where,
      `must be [N, features], [N, height, width] or [N, height, width, channels], got ${shapeText(sizes)}`,
    );
  }
  if (count === 0) throw dataProblem(where, 'must hold examples, got none');
  const side = rest.find((size) => size < 1 || size > MOST_SIDE);
  if (side !== undefined) throw dataProblem(where, `sizes must be 1 to ${MOST_SIDE}, got ${shapeText(sizes)}`);
  const [first, second, third] = rest as [number, number, number];
  if (rest.length === 1) return { count, shape: { height: 1, width: 1, channels: first } };
  if (rest.length === 2) return { count, shape: { height: first, width: second, channels: 1 } };
  if ((first === 1 || first === 3) && second === third && second > 4) {
    const axes = 'numpy.transpose(images, (0, 2, 3, 1))';
    throw dataProblem(where, `channels come last, [N, height, width, channels], got ${shapeText(sizes)}; save ${axes}`);
  }
  return { count, shape: { height: first, width: second, channels: third } };
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
