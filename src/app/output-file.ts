/** An output file that is written at the end: a wrong path is found before minutes or hours of work. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { exists, fileSystemError, makeFolder } from '../base/files.js';

/** Makes the file's folder; a FlexorError where nothing can be written there or the path is a folder. */
export function prepareOutput(path: string): void {
  try {
    makeFolder(dirname(path));
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw fileSystemError('write', path, error);
  }
  if (exists(path) && statSync(path).isDirectory()) {
    throw new FlexorError('usage', `the output must be a file, ${path} is a folder`);
  }
}
