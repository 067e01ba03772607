/**
 * Files that a command writes: whole or not at all, tried before the work, and never dropped once the work is done. Content
 * goes to a temporary name beside the target and is renamed, so that a killed run (SIGKILL, power) leaves at most a
 * `.flexor-*.tmp`, never a half-written target.
 */
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { removeOnInterrupt } from './cleanup.js';
import { FlexorError, oneLine } from './errors.js';
import {
  fileSystemError,
  kindOf,
  makeFolder,
  move,
  openOutput,
  removeQuietly,
  resolveLinks,
  writeFile,
} from './files.js';
import { temporaryName } from './temporary.js';

/**
 * Writes a file through a temporary one and a rename. A link stays, its target is written. A device or a pipe is written
 * as it is: a rename would put a file in its place.
 */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  named(path, () => {
    const target = resolveLinks(path);
    if (kindOf(target) === 'other') writeFile(target, data);
    else throughTemporary(target, data, (temporary) => move(temporary, target));
  });
}

/** Errors name the path that the user gave: the temporary one, or a link's target, means nothing to the user. */
function named(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw fileSystemError('write', path, error instanceof FlexorError ? (error.cause ?? error) : error);
  }
}

function throughTemporary(target: string, data: string | Uint8Array, finish: (temporary: string) => void): void {
  makeFolder(dirname(target));
  const temporary = temporaryName(dirname(target));
  const release = removeOnInterrupt(temporary);
  try {
    const file = openOutput(temporary, 'wx');
    try {
      file.write(data);
      file.flush();
    } finally {
      file.close();
    }
    finish(temporary);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  } finally {
    release();
  }
}

/** As much as a write that is tried puts down: a full disk may still take an empty file. */
const TRIED = new Uint8Array(4096);

/**
 * Checks an output that is written at the end, before minutes or hours of work: makes its folder and tries the very write
 * that comes later. Returns the absolute path. A path that names a folder is a usage error.
 */
export function prepareOutput(path: string): string {
  named(path, () => {
    if (path === '' || path.endsWith('/') || ['.', '..'].includes(basename(path)) || kindOf(path) === 'folder') {
      throw new FlexorError('usage', `the output must be a file, '${path}' names a folder`);
    }
    const target = resolveLinks(path);
    if (kindOf(target) !== 'other') throughTemporary(target, TRIED, removeQuietly);
  });
  return resolve(path);
}

/**
 * Writes what took long to make. Where that fails, the folder of the command, the one for temporary files and the home
 * folder are tried, and the error says where the result lies now.
 */
export function saveResult(path: string, data: string | Uint8Array): void {
  try {
    writeFileAtomic(path, data);
  } catch (error) {
    const folders = [process.cwd(), tmpdir(), homedir()].filter((folder) => folder !== dirname(resolve(path)));
    for (const folder of new Set(folders)) {
      const other = join(folder, `flexor-saved-${process.pid}-${basename(path).slice(-100)}`);
      if (kindOf(other) !== null || !isWritten(other, data)) continue;
      throw new FlexorError('file-system', `${oneLine(error)}; nothing is lost: the result was written to ${other}`, {
        cause: error,
      });
    }
    throw error;
  }
}

function isWritten(path: string, data: string | Uint8Array): boolean {
  try {
    writeFileAtomic(path, data);
    return true;
  } catch {
    return false;
  }
}
