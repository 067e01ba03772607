/** How much of a user's own data is read: bounds on what a file may state, checked before anything is allocated by it. */
import { FlexorError } from '../../base/errors.js';

/** Most bytes of pixels of one split: five times those of MNIST's training images. */
export const MOST_PIXELS = 2 ** 28;
/** Most numbers of one split that are no bytes. */
export const MOST_NUMBERS = 2 ** 26;
/** Most classes; as many outputs as a layer of a model may have. */
export const MOST_CLASSES = 65_536;
/** Longest side of an image, and most columns of a table, that a model takes. */
export const MOST_SIDE = 65_536;

/** An error of a data file: where it is, the rule, and what was found. */
export function dataProblem(where: string, what: string): FlexorError {
  return new FlexorError('data', `${where}: ${what}`);
}

/** Refuses more elements than are read. */
export function checkElements(count: number, isBytes: boolean, where: string): void {
  const most = isBytes ? MOST_PIXELS : MOST_NUMBERS;
  if (count <= most) return;
  throw dataProblem(where, `at most ${most} values are read, the file states ${count}; use a part of the data`);
}
