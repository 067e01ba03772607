/**
 * The only file that calls the file system (test/architecture.test.ts holds the tree to that), so that every failure is a
 * FlexorError of one line that names the path. Where a file is meant, only a regular file is read: a device or a pipe has
 * no size to check anything against.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FlexorError, oneLine } from './errors.js';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['EISDIR', 'it is a directory'],
  ['ENOTDIR', 'a part of the path is not a directory'],
  ['EEXIST', 'it exists already'],
  ['ELOOP', 'its links lead in a circle'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ENOSPC', 'no space left on the device'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file would be larger than the limit on file sizes allows'],
  ['EROFS', 'the file system is read-only'],
  ['EMFILE', 'too many files are open'],
]);

/** Names a file-system failure in one line: what was done, to which path, why it failed. */
export function fileSystemError(action: string, path: string, cause: unknown): FlexorError {
  if (cause instanceof FlexorError) return cause;
  const code = (cause as NodeJS.ErrnoException).code;
  const reason = (code !== undefined ? REASONS.get(code) : undefined) ?? oneLine(cause);
  return new FlexorError('file-system', `cannot ${action} ${path}: ${reason}`, { cause });
}

function attempt<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileSystemError(action, path, error);
  }
}

/** What lies at a path, links followed; null where there is nothing. */
export type PathKind = 'file' | 'folder' | 'other';

export function kindOf(path: string): PathKind | null {
  const found = statOf(path);
  if (found === null) return null;
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
}

/** True where something exists at the path; a FlexorError where that cannot be told. */
export function exists(path: string): boolean {
  return statOf(path) !== null;
}

function statOf(path: string): fs.Stats | null {
  try {
    return fs.statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    // A part of the path is a file, so there is nothing below it.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw fileSystemError('look for', path, error);
  }
}

/** Bytes of a file, and when it was last written in milliseconds since 1970; null where it is not there. */
export function fileFacts(path: string): { readonly bytes: number; readonly modifiedMs: number } | null {
  const found = statOf(path);
  return found && { bytes: found.size, modifiedMs: found.mtimeMs };
}

/** The path behind all links; where the last part does not exist, that of its folder with the name. */
export function resolveLinks(path: string): string {
  const full = resolve(path);
  return attempt('look for', path, () => {
    // A link whose target does not exist yet: the target is what gets written.
    for (let at = full, steps = 0; ; steps++) {
      if (fs.existsSync(at)) return fs.realpathSync(at);
      const link = fs.lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
      if (!link || steps > 40) return at;
      at = resolve(dirname(at), fs.readlinkSync(at));
    }
  });
}

/** True for a file that this user may execute. */
export function isExecutable(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** An open file that is read in parts. */
export interface InputFile {
  readonly size: number;
  /** Bytes from `offset`; fewer than `length` at the end of the file. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

/** Opens a regular file. A pipe would block, and a device has no end, so both are refused. */
export function openInput(path: string): InputFile {
  const handle = attempt('read', path, () => fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK));
  const found = fs.fstatSync(handle);
  if (!found.isFile()) {
    fs.closeSync(handle);
    const what = found.isDirectory() ? 'it is a directory' : 'it is a device or a pipe, not a file';
    throw new FlexorError('file-system', `cannot read ${path}: ${what}`);
  }
  return {
    size: found.size,
    read: (offset, length) =>
      attempt('read', path, () => {
        const bytes = Buffer.alloc(Math.max(0, Math.min(length, found.size - offset)));
        for (let done = 0; done < bytes.length;) {
          const count = fs.readSync(handle, bytes, done, bytes.length - done, offset + done);
          if (count === 0) return bytes.subarray(0, done);
          done += count;
        }
        return bytes;
      }),
    close: () => fs.closeSync(handle),
  };
}

/** Largest file that is read as a whole where the caller knows no smaller bound. */
const MOST_BYTES = 2 ** 31 - 1;

/** Reads a whole regular file of at most `mostBytes`. */
export function readFile(path: string, mostBytes = MOST_BYTES): Uint8Array {
  const file = openInput(path);
  try {
    if (file.size > mostBytes) {
      throw new FlexorError('file-system', `cannot read ${path}: it has ${file.size} bytes, the most are ${mostBytes}`);
    }
    return file.read(0, file.size);
  } finally {
    file.close();
  }
}

/** Reads a UTF-8 text; a byte-order mark in front is left out. */
export function readText(path: string, mostBytes = MOST_BYTES): string {
  return new TextDecoder().decode(readFile(path, mostBytes));
}

/** What the kernel says of the machine (`/proc/…`); empty on systems without it. */
export function kernelText(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export interface FolderEntry {
  readonly name: string;
  /** Links followed; null for a link that leads nowhere. */
  readonly kind: PathKind | null;
}

/** What a folder holds, by name in the order of code units (the same in every locale). */
export function listFolder(path: string): FolderEntry[] {
  return attempt('read', path, () => fs.readdirSync(path, { withFileTypes: true }))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
    .map((entry) => {
      // Folders of a million images: only what is no plain file is looked at.
      const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : kindOf(join(path, entry.name));
      return { name: entry.name, kind };
    });
}

/** Makes a folder and those above it. (Node's own recursive mkdir never returns where a parent like /proc refuses.) */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (kindOf(folder) === 'folder') return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    const found = kindOf(folder);
    // Another process may have made it meanwhile.
    if (found === 'folder') return;
    throw fileSystemError('create', path, found === null ? error : new Error(`${folder} is a file, not a folder`));
  }
}

/** Removes a file or a folder with all that is in it, if it is there. */
export function remove(path: string): void {
  attempt('remove', path, () => fs.rmSync(path, { recursive: true, force: true }));
}

/** Removes a folder if it is empty. */
export function removeIfEmpty(path: string): void {
  try {
    fs.rmdirSync(path);
  } catch {
    // It is not empty, or it is not there.
  }
}

/** Removes what there is, on the way to reporting another error that names the path. */
export function removeQuietly(path: string): void {
  try {
    remove(path);
  } catch {
    // The error being reported says more.
  }
}

/** Moves a file or folder within a file system. The error keeps the system's code in its cause. */
export function move(from: string, to: string): void {
  attempt('write', to, () => fs.renameSync(from, to));
}

/** Writes a file in place: for folders that appear as a whole later, and for devices. */
export function writeFile(path: string, data: string | Uint8Array): void {
  const file = openOutput(path, 'w');
  try {
    file.write(data);
  } finally {
    file.close();
  }
}

/** A file that is written in parts. */
export interface OutputFile {
  write(data: string | Uint8Array): void;
  /** Has the system put on the disk what was written. */
  flush(): void;
  close(): void;
}

/** Opens a file to write: `w` replaces, `a` appends, `wx` must not exist. */
export function openOutput(path: string, mode: 'w' | 'a' | 'wx'): OutputFile {
  const handle = attempt('write', path, () => fs.openSync(path, mode));
  return {
    write: (data) =>
      attempt('write', path, () => {
        const bytes = typeof data === 'string' ? Buffer.from(data) : data;
        for (let done = 0; done < bytes.length;) done += fs.writeSync(handle, bytes, done);
      }),
    flush: () => attempt('write', path, () => fs.fsyncSync(handle)),
    close: () => attempt('write', path, () => fs.closeSync(handle)),
  };
}

/** Makes a folder with a random name `PREFIX-…` in `parent` and returns its path. */
export function makeFolderWithin(parent: string, prefix: string): string {
  return attempt('write into', parent, () => fs.mkdtempSync(join(parent, `${prefix}-`)));
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Writes to standard output or error; it is done when this returns, also where a pipe is full for a while. */
export function writeStandard(stream: 'output' | 'error', text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) {
    try {
      done += fs.writeSync(stream === 'output' ? 1 : 2, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN')
        throw fileSystemError('write to', `standard ${stream}`, error);
      Atomics.wait(PAUSE, 0, 0, 5);
    }
  }
}

/** SHA-256 of bytes or text, as lower-case hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
