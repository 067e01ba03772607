/** Where the repository's own files lie, seen from src/ and from dist/ alike, and where builds are cached. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the package: the folder that holds sim/, hw/ and templates/. */
export const packageRoot: string = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** Folder of cached builds: the argument, else FLEXOR_CACHE, else build/cache in the current folder. */
export function cacheFolder(chosen?: string): string {
  const variable = process.env['FLEXOR_CACHE'];
  return resolve(chosen ?? (variable !== undefined && variable !== '' ? variable : 'build/cache'));
}
