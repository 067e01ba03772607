/** Tells a user's own data from the built-in data sets that lie in the same files. */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { kindOf, readText } from '../base/files.js';
import { CIFAR10_CLASSES } from '../data/cifar10.js';
import { isMnistTest, loadMnistTest } from '../data/mnist.js';
import { ownName } from '../data/own/open.js';

/** Names that files of models may not give to data that are not these. */
const BUILT_IN = ['mnist', 'digits', 'cifar10', 'imagenet'];

/** Whether the files of a folder that are called like MNIST's hold MNIST; others are data of the user's own. */
export function holdsMnist(folder: string): boolean {
  try {
    return isMnistTest(loadMnistTest(folder));
  } catch (error) {
    // Images of another size, or damaged files: who reads them says so.
    if (error instanceof FlexorError) return false;
    throw error;
  }
}

const MOST_LIST_BYTES = 2 ** 16;

/** Whether a folder in CIFAR-10's layout names other classes than CIFAR-10's. */
export function holdsOtherClasses(folder: string): boolean {
  if (kindOf(join(folder, 'classes.txt')) === 'file') return true;
  const list = join(folder, 'batches.meta.txt');
  if (kindOf(list) !== 'file') return false;
  return readText(list, MOST_LIST_BYTES).trim().split(/\s+/).join() !== CIFAR10_CLASSES.join();
}

/** What data at a path are called in models and results. */
export function ownDataName(path: string): string {
  const name = ownName(path);
  return BUILT_IN.includes(name.toLowerCase().replaceAll('-', '')) ? `${name} (own)` : name;
}
