/** IDX files under the names and in the folders in which people have them. */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { kindOf } from '../base/files.js';
import { readIdx, type IdxArray } from './idx.js';

/** Paths of an IDX file in a folder under all its names, the plain ones before the gzipped. */
export function idxFiles(folder: string, name: string): string[] {
  const names = [name, name.replace('-idx', '.idx')];
  const files = names.flatMap((outer) => [outer, ...names.map((inner) => join(outer, inner))]);
  return [...files, ...names.map((each) => `${each}.gz`)]
    .map((file) => join(folder, file))
    .filter((path) => kindOf(path) === 'file');
}

/** Reads the first of a file's candidates that is whole: a damaged one may lie beside the good one. */
export function readIdxNamed(
  dataSet: string,
  folder: string,
  name: string,
  dimensions: number,
): IdxArray & { readonly path: string } {
  const paths = idxFiles(folder, name);
  if (paths.length === 0) throw new FlexorError('data', `${dataSet} folder ${folder} has no ${name} or ${name}.gz`);
  const failures: unknown[] = [];
  for (const path of paths) {
    try {
      return { ...readIdx(path, dimensions), path };
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}
