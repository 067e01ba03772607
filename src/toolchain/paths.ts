/** Where builds are cached. */
import { resolve } from 'node:path';

/** Folder of cached builds: the argument, else FLEXOR_CACHE, else build/cache in the current folder. */
export function cacheFolder(chosen?: string): string {
  const variable = process.env['FLEXOR_CACHE'];
  return resolve(chosen ?? (variable !== undefined && variable !== '' ? variable : 'build/cache'));
}
