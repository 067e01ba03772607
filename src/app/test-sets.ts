/** The data sets whose test images commands can load by name. */
import { FlexorError } from '../base/errors.js';
import { CIFAR10_SHAPE, findCifar10, loadCifar10Test } from '../data/cifar10.js';
import type { Dataset, Split } from '../data/dataset.js';
import { digits } from '../data/digits.js';
import { findMnist, loadMnistTest } from '../data/mnist.js';

/** Test images: pixels 0 to 255, NHWC. */
export interface TestSet extends Split {
  readonly shape: Dataset['shape'];
}

export const TEST_SET_NAMES = ['mnist', 'digits', 'cifar10'] as const;
export type TestSetName = (typeof TEST_SET_NAMES)[number];

/** The test images of a set; `folder` is where the user says the data lie. */
export function loadTestSet(name: TestSetName, folder?: string): TestSet {
  switch (name) {
    case 'mnist': {
      const found = findMnist(folder);
      if (found === null) {
        throw new FlexorError(
          'data',
          'MNIST is not where it is looked for; give its folder with --data DIR or FLEXOR_DATA, or use --dataset digits',
        );
      }
      return { ...loadMnistTest(found), shape: { height: 28, width: 28, channels: 1 } };
    }
    case 'cifar10': {
      const found = findCifar10(folder);
      if (found !== null) return { ...loadCifar10Test(found), shape: CIFAR10_SHAPE };
      throw new FlexorError(
        'data',
        'CIFAR-10 is not where it is looked for; give the folder of its binary files with --data DIR or FLEXOR_DATA',
      );
    }
    case 'digits': {
      refuseFolder(folder);
      const { shape, test } = digits({ train: 0 });
      return { ...test, shape };
    }
  }
}

/** The digits are drawn, not read: a folder for them is a misunderstanding. */
export function refuseFolder(folder: string | undefined): void {
  if (folder === undefined) return;
  throw new FlexorError(
    'usage',
    `--data ${folder} would be ignored: the digits are built in; leave it out or use --dataset mnist`,
  );
}
