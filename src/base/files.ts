/**
 * Files and folders that appear whole or not at all: content goes to a temporary name beside the target and is renamed.
 * An interrupted
 * run removes the temporary one; what a killed run (SIGKILL, power) leaves behind is a `*.tmp` file, never a half-written
 * target.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { removeOnInterrupt } from './cleanup.js';
import { FlexorError, oneLine } from './errors.js';

/** Names a file-system failure in one line: what was done, to which path, why it failed. */
export function fileSystemError(action: string, path: string, cause: unknown): FlexorError {
  const code = (cause as NodeJS.ErrnoException).code;
  const reasons: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    EEXIST: 'it exists already',
    ENAMETOOLONG: 'the name is too long',
    ENOSPC: 'no space left on the device',
    EROFS: 'the file system is read-only',
  };
  const reason = (code !== undefined ? reasons[code] : undefined) ?? oneLine(cause);
  return new FlexorError('file-system', `cannot ${action} ${path}: ${reason}`, { cause });
}

/** Makes a folder and those above it. (Node's own recursive mkdir never returns where a parent like /proc refuses.) */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    const found = statSync(folder, { throwIfNoEntry: false });
    // Another process may have made it meanwhile.
    if (found?.isDirectory()) return;
    throw found === undefined ? error : new Error(`${folder} is a file, not a folder`);
  }
}

/** Writes a file through a temporary one and a rename. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  const release = removeOnInterrupt(temporary);
  let handle: number | null = null;
  try {
    makeFolder(dirname(path));
    handle = openSync(temporary, 'wx');
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
    fsyncSync(handle);
    closeSync(handle);
    handle = null;
    renameSync(temporary, path);
  } catch (error) {
    if (handle !== null) closeSync(handle);
    removeQuietly(temporary);
    throw fileSystemError('write', path, error);
  } finally {
    release();
  }
}

/**
 * Builds a folder under a temporary name and moves it to `path`, replacing a folder that was there. `fill` gets the
 * temporary folder; where it throws, nothing at `path` changes.
 */
export function writeFolderAtomic(path: string, fill: (folder: string) => void): void {
  const suffix = randomUUID().slice(0, 8);
  const temporary = `${path}.${suffix}.tmp`;
  const previous = `${path}.${suffix}.old.tmp`;
  try {
    makeFolder(temporary);
  } catch (error) {
    throw fileSystemError('create', path, error);
  }
  const release = removeOnInterrupt(temporary);
  try {
    fill(temporary);
    const replaces = exists(path);
    if (replaces) renameSync(path, previous);
    renameSync(temporary, path);
    if (replaces) rmSync(previous, { recursive: true, force: true });
  } catch (error) {
    removeQuietly(temporary);
    if (exists(previous) && !exists(path)) renameSync(previous, path);
    throw error instanceof FlexorError ? error : fileSystemError('write', path, error);
  } finally {
    release();
  }
}

/** Removes what there is, on the way to reporting another error. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The error being reported names the path already.
  }
}

/** True where something exists at the path; a FlexorError where that cannot be told. */
export function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // A part of the path is a file, so there is nothing below it.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw fileSystemError('look for', path, error);
  }
}

/** Reads a whole file, with a one-line error. */
export function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileSystemError('read', path, error);
  }
}

/** SHA-256 of bytes or text, as lower-case hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
