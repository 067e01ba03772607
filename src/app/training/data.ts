/** The data that networks train on: which ones a command means, and loading them. */
import { availableParallelism } from 'node:os';
import { FlexorError } from '../../base/errors.js';
import { findCifar10, hasCifar10, loadCifar10 } from '../../data/cifar10.js';
import { digits } from '../../data/digits.js';
import { findImageNet, hasImageNet, IMAGENET_SIDE, openImageNet } from '../../data/imagenet.js';
import { findMnist, loadMnist } from '../../data/mnist.js';
import { loadOwn, ownForm } from '../../data/own/open.js';
import type { OwnOptions } from '../../data/own/types.js';
import type { Dataset, Normalisation } from '../../data/dataset.js';
import { inMemory, type ImageSource } from '../../data/source.js';
import type { NetworkDescription } from '../../train/networks/description.js';
import type { NetworkName } from '../../train/networks/networks.js';
import type { TrainConfig } from '../../train/run/config.js';
import { holdsMnist, holdsOtherClasses, ownDataName } from '../own-data.js';
import { refuseFolder } from '../test-sets.js';

export const DATASETS = ['mnist', 'digits', 'cifar10', 'imagenet'] as const;
export type DatasetName = (typeof DATASETS)[number];

export interface DataFlags extends OwnOptions {
  readonly data?: string;
  readonly dataset?: DatasetName;
}

/** A built-in data set and the folder that it lies in; null for the digits, which are drawn. */
export interface BuiltInSource {
  readonly kind: 'built-in';
  readonly name: DatasetName;
  readonly folder: string | null;
}

/** Data of the user's own. */
export interface OwnSource extends OwnOptions {
  readonly kind: 'own';
  readonly name: string;
  readonly path: string;
}

export type Source = BuiltInSource | OwnSource;

const builtIn = (name: DatasetName, folder: string | null): BuiltInSource => ({ kind: 'built-in', name, folder });

/**
 * What was asked for: a built-in set by name, or what lies at the path; else ImageNet for a ResNet-18, CIFAR-10 for another
 * residual network, MNIST where it is found, or the digits.
 */
export function chooseSource(network: NetworkName, flags: DataFlags): Source {
  const { dataset, data } = flags;
  const own = dataset === undefined && data !== undefined ? ownSource(network, data, flags) : null;
  return own ?? builtInSource(network, flags);
}

/** Data of the user's own at a path; null where a built-in set is there, or nothing that is known. */
function ownSource(network: NetworkName, data: string, { label, imageSize, layout }: DataFlags): Source | null {
  const form = ownForm(data);
  if (form === null || (network === 'resnet18' && hasImageNet(data))) return null;
  if (form === 'idx' && holdsMnist(data)) return builtIn('mnist', data);
  if (form === 'cifar' && hasCifar10(data) && !holdsOtherClasses(data)) return builtIn('cifar10', data);
  return ownAt(data, {
    ...(label === undefined ? {} : { label }),
    ...(imageSize === undefined ? {} : { imageSize }),
    ...(layout === undefined ? {} : { layout }),
  });
}

function ownAt(path: string, options: OwnOptions): OwnSource {
  return { kind: 'own', name: ownDataName(path), path, ...options };
}

function builtInSource(network: NetworkName, { dataset, data }: DataFlags): Source {
  if (dataset === 'digits') {
    refuseFolder(data);
    return builtIn('digits', null);
  }
  if (dataset === 'imagenet' || (dataset === undefined && network === 'resnet18')) {
    const folder = findImageNet(data);
    if (folder !== null) return builtIn('imagenet', folder);
    throw new FlexorError(
      'data',
      'ImageNet was not found: give the folder of its train and val with --data or FLEXOR_DATA',
    );
  }
  if (dataset === 'cifar10' || (dataset === undefined && network !== 'lenet5')) {
    const folder = findCifar10(data);
    if (folder !== null) return builtIn('cifar10', folder);
    throw new FlexorError(
      'data',
      'CIFAR-10 was not found: give the folder of its binary files with --data or FLEXOR_DATA',
    );
  }
  return mnistSource(findMnist(data), dataset === 'mnist');
}

function mnistSource(folder: string | null, isWanted: boolean): Source {
  if (folder === null && isWanted) {
    throw new FlexorError(
      'data',
      'MNIST was not found: give its folder with --data or FLEXOR_DATA, or use --dataset digits',
    );
  }
  if (folder === null) return builtIn('digits', null);
  if (holdsMnist(folder)) return builtIn('mnist', folder);
  if (!isWanted) return ownAt(folder, {});
  throw new FlexorError(
    'data',
    `${folder} holds other images than MNIST's; give them as data of your own: --data without --dataset`,
  );
}

/**
 * Reads the data, preprocessed as the network says, else as the data set does. Drawing digits takes time: no more of them
 * than are used.
 */
export async function loadDataset(
  source: Source,
  config: Pick<TrainConfig, 'limit' | 'imageSize' | 'described'>,
): Promise<ImageSource> {
  const { input } = config.described ?? {};
  if (source.kind === 'own') {
    return inMemory(preprocessed({ ...(await loadOwn(source.path, source)), name: source.name }, input));
  }
  const { name, folder } = source;
  const { limit, imageSize } = config;
  if (folder === null) {
    return inMemory(preprocessed(limit === null ? digits() : digits({ train: limit, test: limit }), input));
  }
  if (name !== 'imagenet')
    return inMemory(preprocessed(name === 'cifar10' ? loadCifar10(folder) : loadMnist(folder), input));
  const images = openImageNet(folder, { side: imageSize ?? IMAGENET_SIDE, workers: availableParallelism() });
  const { mean, std } = images.normalisation;
  if (input?.mean === undefined || isSame(input, { mean, std })) return images;
  throw new FlexorError(
    'usage',
    `images of ImageNet are preprocessed with mean ${mean.join()} and std ${std.join()}; ` +
      `a network for them cannot have its own, got mean ${input.mean.join()}`,
  );
}

type InputDescription = NonNullable<NetworkDescription['input']>;

function isSame({ mean, std }: InputDescription, other: Normalisation): boolean {
  return JSON.stringify([mean, std]) === JSON.stringify([other.mean, other.std]);
}

/** A data set whose examples become what the network says; the range of numbers that are no pixels is taken anew. */
function preprocessed(dataset: Dataset, input: InputDescription | undefined): Dataset {
  const { mean, std } = input ?? {};
  if (mean === undefined || std === undefined) return dataset;
  const { channels } = dataset.shape;
  if (mean.length !== channels) {
    throw new FlexorError(
      'usage',
      `the network preprocesses ${mean.length} channels; the examples of ${dataset.name} have ${channels}`,
    );
  }
  const { inputRange, ...others } = dataset;
  const normalised = { ...others, normalisation: { mean, std } };
  return inputRange === undefined ? normalised : { ...normalised, inputRange: valueRange(dataset.train, mean, std) };
}

/** Smallest and largest input of a split. */
function valueRange(
  { images }: Dataset['train'],
  mean: readonly number[],
  std: readonly number[],
): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  images.forEach((value, i) => {
    const c = i % mean.length;
    const x = (value / 255 - mean[c]!) / std[c]!;
    [min, max] = [Math.min(min, x), Math.max(max, x)];
  });
  return { min, max };
}
