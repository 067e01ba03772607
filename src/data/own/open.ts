/**
 * A user's own data (docs/data.md): what lies at a path is recognised by its form, read, split where it is one piece, and
 * standardised where it is not pixels.
 */
import { basename, join, resolve } from 'node:path';
import { exists, kindOf, readText } from '../../base/files.js';
import { printable } from '../../base/json.js';
import { Random } from '../../base/random.js';
import { plainPixels, type Dataset, type Normalisation, type Split } from '../dataset.js';
import { ARRAY_FILE, ARRAY_FOLDER } from './arrays.js';
import { CIFAR_FOLDER } from './cifar-set.js';
import { IDX_FOLDER } from './idx-set.js';
import { IMAGE_FOLDERS } from './image-folders.js';
import { dataProblem, MOST_CLASSES } from './limits.js';
import { TABLE_FILE, TABLE_FOLDER } from './tables.js';
import type { Form, FormKind, Found, LoadPart, OwnOptions, RawPart, ReadOptions, Shape } from './types.js';

/** In the order in which they are tried. */
const FORMS: readonly Form[] = [
  ARRAY_FILE,
  TABLE_FILE,
  IDX_FOLDER,
  CIFAR_FOLDER,
  ARRAY_FOLDER,
  TABLE_FOLDER,
  IMAGE_FOLDERS,
];

/** Names of the classes, one a line, beside data that have numbers only. */
const CLASS_FILES = ['classes.txt', 'fine_label_names.txt', 'batches.meta.txt'];
const MOST_CLASS_BYTES = 2 ** 24;
/** Of data in one piece every fifth example, drawn at random, is for testing. */
const TEST_SHARE = 1 / 5;

/** The form of the data at a path; null where there are none that are known here. */
export function ownForm(path: string): FormKind | null {
  return recognise(path, {})?.form.kind ?? null;
}

/** What data are called: the file or folder without folders above it and ending. */
export function ownName(path: string): string {
  const name = basename(resolve(path)).replace(/\.(npy|npz|csv|tsv)$/i, '');
  return printable(name) || 'data';
}

/** Training and test examples, for training. */
export async function loadOwn(path: string, options: OwnOptions): Promise<Dataset> {
  const found = findOwn(path, options);
  const both = await trainAndTest(found, path);
  const classes = found.classes ?? classesOf([both.train, both.test]);
  const train = splitOf(both.train, classes);
  const test = splitOf(both.test, classes);
  checkSameShape(both.train, both.test);
  const { shape } = both.train;
  return { name: ownName(path), shape, classes, ...preparation(train, shape.channels), train, test };
}

/** Test examples; labels are null where the data have none. */
export interface TestPart extends Omit<Split, 'labels'> {
  readonly labels: Split['labels'] | null;
  readonly shape: Shape;
}

/** Test examples alone, for a model that knows its classes. */
export async function loadOwnTest(path: string, options: ReadOptions, classes: readonly string[]): Promise<TestPart> {
  const found = findOwn(path, options);
  const { test, whole, train } = found;
  if (test !== null) {
    const part = await test();
    return testPart(part, classes);
  }
  if (whole === null) {
    const only = train === null ? 'nothing' : 'training data alone';
    throw dataProblem(path, `must hold data to test on, got ${only}; docs/data.md has their names`);
  }
  const all = await whole();
  // Examples without labels were trained on by nobody.
  return testPart(all.labels === null ? all : divided(all).test, classes);
}

function testPart(part: RawPart, classes: readonly string[]): TestPart {
  const { images, count, names, shape } = part;
  if (part.labels !== null) return { ...splitOf(part, classes), shape };
  return { images, labels: null, count, ...(names === undefined ? {} : { names }), shape };
}

interface Recognised {
  readonly form: Form;
  readonly found: Found;
}

function recognise(path: string, options: ReadOptions): Recognised | null {
  for (const form of FORMS) {
    const found = form.find(path, options);
    if (found !== null) return { form, found };
  }
  return null;
}

function findOwn(path: string, options: ReadOptions): Found {
  const recognised = recognise(path, options);
  if (recognised === null) {
    const problem = exists(path)
      ? `holds no data of a known form: ${FORMS.map(({ name }) => name).join(', ')} (docs/data.md)`
      : 'does not exist';
    throw dataProblem(`--data ${path}`, problem);
  }
  return { ...recognised.found, classes: classList(path) };
}

/** The list of class names in a folder of data. */
function classList(path: string): readonly string[] | null {
  const file = CLASS_FILES.map((name) => join(path, name)).find((each) => kindOf(each) === 'file');
  if (file === undefined) return null;
  const names = readText(file, MOST_CLASS_BYTES)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length > 0 && names.length <= MOST_CLASSES && new Set(names).size === names.length) return names;
  throw dataProblem(file, `must name 1 to ${MOST_CLASSES} different classes, one a line, got ${names.length} lines`);
}

async function trainAndTest(
  { train, test, whole }: Found,
  path: string,
): Promise<{ readonly train: RawPart; readonly test: RawPart }> {
  if (train !== null && test !== null) return { train: await train(), test: await test() };
  const single: LoadPart | null = whole ?? train;
  if (single === null) throw dataProblem(path, 'must hold data to train on, got test data alone');
  return divided(await single());
}

/** The same division whenever the same number of examples is divided, so that what was trained on is never tested on. */
function divided(part: RawPart): { readonly train: RawPart; readonly test: RawPart } {
  const order = Random.derive(0, 'train and test').permutation(part.count);
  const tested = Math.max(1, Math.round(part.count * TEST_SHARE));
  if (part.count < 2)
    throw dataProblem(part.where, `must hold at least 2 examples, to train and to test, got ${part.count}`);
  return {
    train: taken(part, order.subarray(0, part.count - tested)),
    test: taken(part, order.subarray(part.count - tested)),
  };
}

function taken(part: RawPart, indices: Uint32Array): RawPart {
  const { images, names, shape } = part;
  const labels = labelsOf(part);
  const size = shape.height * shape.width * shape.channels;
  const chosen =
    images instanceof Uint8Array ? new Uint8Array(indices.length * size) : new Float32Array(indices.length * size);
  indices.forEach((from, to) => chosen.set(images.subarray(from * size, (from + 1) * size), to * size));
  const all = Array.from(indices);
  return {
    ...part,
    count: indices.length,
    images: chosen,
    labels: labels instanceof Int32Array ? Int32Array.from(all, (i) => labels[i]!) : all.map((i) => labels[i]!),
    names: all.map((i) => names?.[i] ?? String(i)),
  };
}

/** Names in the order of numbers where all are numbers, else of code units; numbers up to the largest. */
function classesOf(parts: readonly RawPart[]): string[] {
  const names = new Set<string>();
  let most = 0;
  for (const part of parts) {
    const labels = labelsOf(part);
    if (labels instanceof Int32Array) for (const label of labels) most = Math.max(most, label + 1);
    else for (const label of labels) names.add(label);
  }
  if (names.size > MOST_CLASSES) {
    const column = 'is the column of --label the class?';
    throw dataProblem(parts[0]!.where, `at most ${MOST_CLASSES} classes, got ${names.size}; ${column}`);
  }
  if (names.size === 0) return Array.from({ length: most }, (_, label) => String(label));
  const areNumbers = [...names].every((name) => Number.isFinite(Number(name)));
  return [...names].sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : Number(a > b)));
}

/** Labels where they are needed. */
function labelsOf({ labels, where }: RawPart): Int32Array | readonly string[] {
  if (labels !== null) return labels;
  throw dataProblem(
    where,
    'has no labels; put them beside it, as y_train.npy stands beside x_train.npy (docs/data.md)',
  );
}

/** Labels as numbers of classes. */
function splitOf(part: RawPart, classes: readonly string[]): Split {
  const { images, count, names, where } = part;
  const labels = labelsOf(part);
  const numbers = labels instanceof Int32Array ? labels : Int32Array.from(labels, (label) => classes.indexOf(label));
  const wrong = numbers.findIndex((label) => label < 0 || label >= classes.length);
  if (wrong >= 0) {
    const example = names?.[wrong] ?? `example ${wrong}`;
    const known = `classes are ${printable(classes.join(', '), 100)}`;
    throw dataProblem(`${where}: ${example}`, `${known}, got ${printable(String(labels[wrong]))}`);
  }
  return { images, labels: numbers, count, ...(names === undefined ? {} : { names }) };
}

function checkSameShape(train: RawPart, test: RawPart): void {
  const [a, b] = [train.shape, test.shape];
  const areNumbers = train.images instanceof Float32Array;
  if (a.height !== b.height || a.width !== b.width || a.channels !== b.channels) {
    const text = ({ height, width, channels }: Shape): string => `${height}×${width}×${channels}`;
    throw dataProblem(test.where, `must have examples of ${text(a)} as ${train.where}, got ${text(b)}`);
  }
  if (areNumbers === test.images instanceof Float32Array) return;
  throw dataProblem(test.where, `must hold ${areNumbers ? 'numbers, not bytes' : 'bytes'} as ${train.where} does`);
}

/** Pixels stay as they are; numbers are standardised by mean and deviation of each channel over the training examples. */
function preparation(train: Split, channels: number): Pick<Dataset, 'normalisation' | 'inputRange'> {
  const { images } = train;
  if (images instanceof Uint8Array) return { normalisation: plainPixels(channels) };
  const normalisation = standardisation(images, channels);
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < images.length; i++) {
    const input = (images[i]! / 255 - normalisation.mean[i % channels]!) / normalisation.std[i % channels]!;
    if (input < min) min = input;
    if (input > max) max = input;
  }
  return { normalisation, inputRange: { min: Math.fround(min), max: Math.fround(max) } };
}

/** In the units of the formula for pixels, (p/255 − mean)/std. A channel that is always the same keeps its unit. */
function standardisation(images: Float32Array, channels: number): Normalisation {
  const count = images.length / channels;
  const mean = new Array<number>(channels).fill(0);
  const varies = new Array<boolean>(channels).fill(false);
  for (let i = 0; i < images.length; i++) {
    const c = i % channels;
    mean[c]! += images[i]! / count;
    varies[c] ||= images[i] !== images[c];
  }
  const variance = new Array<number>(channels).fill(0);
  for (let i = 0; i < images.length; i++) variance[i % channels]! += (images[i]! - mean[i % channels]!) ** 2 / count;
  return {
    mean: mean.map((value) => value / 255),
    std: variance.map((value, c) => (varies[c] ? Math.sqrt(value) : 1) / 255),
  };
}
