/** Test images for a model: those of a built-in data set, or a user's own data (docs/data.md). */
import { FlexorError } from '../base/errors.js';
import { CIFAR10_SHAPE, findCifar10, loadCifar10Test } from '../data/cifar10.js';
import { splitDigest, type Dataset, type PixelSplit } from '../data/dataset.js';
import { digits } from '../data/digits.js';
import { findMnist, isMnistTest, loadMnistTest, MNIST_SHAPE } from '../data/mnist.js';
import { loadOwnTest, ownForm, type TestPart } from '../data/own/open.js';
import type { OwnOptions } from '../data/own/types.js';
import type { FlexorModel } from '../model/types.js';
import { holdsMnist, holdsOtherClasses, ownDataName } from './own-data.js';

/** Test images: pixels 0 to 255, NHWC. */
export interface TestSet extends PixelSplit {
  readonly shape: Dataset['shape'];
}

export const TEST_SET_NAMES = ['mnist', 'digits', 'cifar10'] as const;
export type TestSetName = (typeof TEST_SET_NAMES)[number];

/** Which data: of a built-in set, or at a path; how data of one's own are read. */
export interface TestDataOptions extends OwnOptions {
  readonly data?: string;
  readonly dataset?: TestSetName;
}

/** Test examples as commands take them. */
export interface TestData extends TestPart {
  /** `mnist`, `digits`, `cifar10`, or what the user's data are called. */
  readonly name: string;
  readonly digest: string;
}

/** The test images of a set; `folder` is where the user says the data lie. */
export function loadTestSet(name: TestSetName, folder?: string): TestSet {
  switch (name) {
    case 'mnist': {
      const test = loadMnistTest(mnistFolder(folder));
      if (isMnistTest(test)) return { ...test, shape: MNIST_SHAPE };
      throw new FlexorError(
        'data',
        `${mnistFolder(folder)} holds other test images than MNIST's; give them as data of your own: --data without --dataset`,
      );
    }
    case 'cifar10': {
      return { ...loadCifar10Test(cifar10Folder(folder)), shape: CIFAR10_SHAPE };
    }
    case 'digits': {
      refuseFolder(folder);
      const { shape, test } = digits({ train: 0 });
      return { ...test, shape };
    }
  }
}

function mnistFolder(folder: string | undefined): string {
  const found = findMnist(folder);
  if (found !== null) return found;
  throw new FlexorError(
    'data',
    'MNIST is not where it is looked for; give its folder with --data DIR or FLEXOR_DATA, or use --dataset digits',
  );
}

function cifar10Folder(folder: string | undefined): string {
  const found = findCifar10(folder);
  if (found !== null) return found;
  throw new FlexorError(
    'data',
    'CIFAR-10 is not where it is looked for; give the folder of its binary files with --data DIR or FLEXOR_DATA',
  );
}

/** The digits are drawn, not read: a folder for them is a misunderstanding. */
export function refuseFolder(folder: string | undefined): void {
  if (folder === undefined) return;
  throw new FlexorError(
    'usage',
    `--data ${folder} would be ignored: the digits are built in; leave it out or use --dataset mnist`,
  );
}

/** The test data that the user names, else those of the data set that the model states. */
export async function loadTestData(model: FlexorModel, options: TestDataOptions): Promise<TestData> {
  const place = placeOf(model, options);
  if (typeof place !== 'string') {
    const { builtIn } = place;
    const { label, imageSize, layout } = options;
    if (label !== undefined || imageSize !== undefined || layout !== undefined) {
      throw new FlexorError(
        'usage',
        `--label, --image-size and --layout go with data of your own, got ${builtIn}; leave them out`,
      );
    }
    const test = loadTestSet(builtIn, options.data);
    return { ...test, name: builtIn, digest: measuredDigest(model, test) };
  }
  // What training was told of the data holds until something else is said.
  const { label, imageSize, layout } = { ...model.data, ...options };
  const request = {
    ...(label === undefined ? {} : { label }),
    ...(imageSize === undefined ? {} : { imageSize }),
    ...(layout === undefined ? {} : { layout }),
    shape: model.input.shape,
  };
  const test = await loadOwnTest(place, request, model.classes);
  return { ...test, name: ownDataName(place), digest: measuredDigest(model, test) };
}

/** Digest of as many examples as the model was measured on: training with --limit took the first ones. */
function measuredDigest({ provenance }: FlexorModel, test: TestPart): string {
  return splitDigest(test.shape, test, Math.min(test.count, provenance.testImages ?? test.count));
}

/** A built-in data set, or the path of a user's own data. */
function placeOf(model: FlexorModel, { data, dataset }: TestDataOptions): string | { readonly builtIn: TestSetName } {
  if (dataset !== undefined) return { builtIn: dataset };
  const stated = statedDataset(model);
  const form = data === undefined ? null : ownForm(data);
  if (stated === null) {
    if (data !== undefined) return data;
    throw new FlexorError(
      'usage',
      `model ${model.name} states the data set '${model.provenance.dataset}', which is not built in; ` +
        `give the data with --data PATH, or name a built-in set with --dataset (${TEST_SET_NAMES.join(', ')})`,
    );
  }
  if (stated === 'mnist' && (form === null || form === 'idx')) {
    const folder = mnistFolder(data);
    return holdsMnist(folder) ? { builtIn: stated } : folder;
  }
  if (stated === 'cifar10' && (form === null || form === 'cifar')) {
    const folder = cifar10Folder(data);
    return holdsOtherClasses(folder) ? folder : { builtIn: stated };
  }
  return form === null ? { builtIn: stated } : data!;
}

function statedDataset(model: FlexorModel): TestSetName | null {
  // CIFAR-10 is cifar10 on the command line.
  const stated = model.provenance.dataset.toLowerCase().replaceAll('-', '');
  return TEST_SET_NAMES.find((candidate) => candidate === stated) ?? null;
}

/** Lines that warn where the data are not what the model's accuracy was measured on. */
export function dataWarnings(model: FlexorModel, { name, digest, labels }: TestData): string[] {
  // Nothing is scored.
  if (labels === null) return [];
  const { testAccuracy, dataset } = model.provenance;
  if (model.data !== undefined) {
    if (model.data.digest === digest) return [];
    return [
      `these are not the test data that model ${model.name} was measured on (${dataset}): ` +
        `their digest is ${digest.slice(0, 12)}, the model states ${model.data.digest.slice(0, 12)}`,
    ];
  }
  const plain = (text: string): string => text.toLowerCase().replaceAll('-', '');
  if (testAccuracy === null || plain(dataset) === plain(name)) return [];
  return [`model ${model.name} states an accuracy on ${dataset}; these data are ${name}`];
}
