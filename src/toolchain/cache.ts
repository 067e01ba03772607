/**
 * Builds cached by content: a folder per key, filled under a temporary name and renamed, so that a killed build leaves
 * nothing that looks finished and two processes may build the same thing at once.
 */
import { join } from 'node:path';
import { removeOnInterrupt } from '../base/cleanup.js';
import type { FlexorError } from '../base/errors.js';
import {
  exists,
  fileFacts,
  listFolder,
  makeFolder,
  move,
  remove,
  removeQuietly,
  sha256,
  writeFile,
} from '../base/files.js';
import { temporaryName } from '../base/temporary.js';

export interface CachedFolder {
  readonly folder: string;
  /** False where this call built it. */
  readonly cached: boolean;
}

/** Entries of one kind that are kept; the least recently used go when there are more. */
const MAX_ENTRIES = 400;
/** An entry used within the last hour stays: another process may be about to start it. */
const GRACE_MS = 3_600_000;
const USED = 'used';

/** A key from everything that a build depends on. The order of the parts matters, their boundaries are kept. */
export function cacheKey(parts: readonly (string | Uint8Array)[]): string {
  return sha256(parts.map((part) => sha256(part)).join('\n')).slice(0, 40);
}

/**
 * `<cache>/<kind>/<key>`, built by `fill` where it does not exist. Where `fill` fails nothing is left of it.
 */
export async function cachedFolder(
  cache: string,
  kind: string,
  key: string,
  fill: (folder: string) => Promise<void>,
): Promise<CachedFolder> {
  const parent = join(cache, kind);
  const folder = join(parent, key);
  makeFolder(parent);
  if (exists(folder)) {
    touch(folder);
    return { folder, cached: true };
  }
  const temporary = temporaryName(parent, key);
  makeFolder(temporary);
  const release = removeOnInterrupt(temporary);
  try {
    await fill(temporary);
    moveIntoPlace(temporary, folder);
  } finally {
    removeQuietly(temporary);
    release();
  }
  removeOldest(parent);
  return { folder, cached: false };
}

/** Another process may have finished first: then its folder is as good as ours. */
function moveIntoPlace(temporary: string, folder: string): void {
  try {
    move(temporary, folder);
  } catch (error) {
    const { cause } = error as FlexorError;
    const code = (cause as NodeJS.ErrnoException).code;
    if ((code === 'ENOTEMPTY' || code === 'EEXIST') && exists(folder)) return;
    throw error;
  }
}

/** Notes the use of an entry in the time of a file in it. */
function touch(folder: string): void {
  try {
    writeFile(join(folder, USED), '');
  } catch {
    // A read-only cache still serves; it only forgets what was used last.
  }
}

function lastUse(folder: string): number {
  return (fileFacts(join(folder, USED)) ?? fileFacts(folder))?.modifiedMs ?? 0;
}

function removeOldest(parent: string): void {
  // Logs of failed builds lie beside the entries.
  const entries = listFolder(parent)
    .filter(({ name, kind }) => kind === 'folder' && !name.endsWith('.tmp'))
    .map(({ name }) => ({ path: join(parent, name), used: lastUse(join(parent, name)) }))
    .sort((a, b) => b.used - a.used);
  const newest = entries[0]?.used ?? 0;
  for (const entry of entries.slice(MAX_ENTRIES)) {
    if (newest - entry.used > GRACE_MS) remove(entry.path);
  }
}
