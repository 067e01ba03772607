/**
 * Where data sets are looked for: `--data`, else FLEXOR_DATA, else ../shared/data beside the checkout, or beside the current
 * folder where the package is installed.
 */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { exists } from '../base/files.js';
import { dataParent } from '../base/places.js';

export interface DataSetFiles {
  /** E.g. `MNIST`. */
  readonly name: string;
  /** What a folder lacks in which `locate` found nothing, and the remedy, as an error says it. */
  lacks(folder: string): string;
  /** The folder in or below `folder` that holds the files; null where there is none. */
  locate(folder: string): string | null;
}

/**
 * Folder with a data set's files: in `explicit`, else in the folder of the environment variable FLEXOR_DATA, else in
 * ../shared/data; null where it is not there. A folder that was asked for and lacks the data set is an error.
 */
export function findDataSet(files: DataSetFiles, explicit?: string): string | null {
  const fromEnvironment = process.env['FLEXOR_DATA'];
  const asked =
    explicit !== undefined
      ? { folder: explicit, by: '--data' }
      : fromEnvironment !== undefined && fromEnvironment !== ''
        ? { folder: fromEnvironment, by: 'FLEXOR_DATA' }
        : null;
  if (asked === null) return files.locate(join(dataParent(), 'shared', 'data'));
  const found = files.locate(asked.folder);
  if (found === null) {
    const problem = exists(asked.folder) ? files.lacks(asked.folder) : 'does not exist';
    throw new FlexorError('data', `${asked.by}: ${files.name} folder ${asked.folder} ${problem}`);
  }
  return found;
}
