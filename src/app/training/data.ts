/** The data sets that networks train on: which one a command means, and loading it. */
import { availableParallelism } from 'node:os';
import { FlexorError } from '../../base/errors.js';
import { findCifar10, loadCifar10 } from '../../data/cifar10.js';
import { digits } from '../../data/digits.js';
import { findImageNet, IMAGENET_SIDE, openImageNet } from '../../data/imagenet.js';
import { findMnist, loadMnist } from '../../data/mnist.js';
import { inMemory, type ImageSource } from '../../data/source.js';
import type { NetworkName } from '../../train/networks/networks.js';
import type { TrainConfig } from '../../train/run/config.js';
import { refuseFolder } from '../test-sets.js';

export const DATASETS = ['mnist', 'digits', 'cifar10', 'imagenet'] as const;
export type DatasetName = (typeof DATASETS)[number];

export interface DataFlags {
  readonly data?: string;
  readonly dataset?: DatasetName;
}

/** A data set and the folder that it lies in; null for the built-in digits. */
export interface Source {
  readonly name: DatasetName;
  readonly folder: string | null;
}

/**
 * What was asked for, else ImageNet for a ResNet-18, CIFAR-10 for another residual network, MNIST where it is found, or
 * the digits.
 */
export function chooseSource(network: NetworkName, { dataset, data }: DataFlags): Source {
  if (dataset === 'digits') {
    refuseFolder(data);
    return { name: 'digits', folder: null };
  }
  if (dataset === 'imagenet' || (dataset === undefined && network === 'resnet18')) {
    const folder = findImageNet(data);
    if (folder !== null) return { name: 'imagenet', folder };
    throw new FlexorError(
      'data',
      'ImageNet was not found: give the folder of its train and val with --data or FLEXOR_DATA',
    );
  }
  if (dataset === 'cifar10' || (dataset === undefined && network !== 'lenet5')) {
    const folder = findCifar10(data);
    if (folder !== null) return { name: 'cifar10', folder };
    throw new FlexorError(
      'data',
      'CIFAR-10 was not found: give the folder of its binary files with --data or FLEXOR_DATA',
    );
  }
  const folder = findMnist(data);
  if (folder === null && dataset === 'mnist') {
    throw new FlexorError(
      'data',
      'MNIST was not found: give its folder with --data or FLEXOR_DATA, or use --dataset digits',
    );
  }
  return { name: folder === null ? 'digits' : 'mnist', folder };
}

/** Drawing digits takes time: no more of them than are used. */
export function loadDataset({ name, folder }: Source, config: Pick<TrainConfig, 'limit' | 'imageSize'>): ImageSource {
  const { limit, imageSize } = config;
  if (folder === null) return inMemory(limit === null ? digits() : digits({ train: limit, test: limit }));
  if (name === 'imagenet') {
    return openImageNet(folder, { side: imageSize ?? IMAGENET_SIDE, workers: availableParallelism() });
  }
  return inMemory(name === 'cifar10' ? loadCifar10(folder) : loadMnist(folder));
}
