/**
 * A folder of generated files with a manifest that lists them. A folder that is there already is replaced file by file:
 * only what the manifest of the earlier output lists goes, so that files which users keep beside it stay.
 *
 * Killed in between, the folder holds a manifest that lists all files of both outputs and that no reader takes for a whole
 * one; the next run starts from that.
 */
import { dirname, join, normalize, resolve } from 'node:path';
import { removeOnInterrupt, uninterrupted } from './cleanup.js';
import { FlexorError } from './errors.js';
import {
  fileSystemError,
  kindOf,
  listFolder,
  makeFolder,
  move,
  readText,
  removeIfEmpty,
  removeQuietly,
  remove,
  resolveLinks,
  writeFile,
} from './files.js';
import { temporaryName } from './temporary.js';
import { writeFileAtomic } from './output.js';

/** Path within the folder → content. */
export type FolderFiles = ReadonlyMap<string, string | Uint8Array>;

/** How outputs of one kind are told from other folders. */
export interface FolderKind {
  /** What errors call it, with its article: `a design`. */
  readonly title: string;
  /** Name of the file that lists the others. */
  readonly manifest: string;
  /** The files that a manifest of this text lists; null where it is none of ours. */
  listed(text: string): readonly string[] | null;
  /** A manifest that lists these files and is not whole. */
  unfinished(files: readonly string[]): string;
}

/** Largest manifest of an earlier output that is read. */
const MOST_MANIFEST_BYTES = 2 ** 26;

/**
 * Checks that a folder can be written, before the work: it is new, empty or an earlier output, and a file can be made
 * there. Returns its absolute path.
 */
export function prepareFolder(path: string, kind: FolderKind): string {
  const folder = target(path);
  earlierFiles(folder, path, kind);
  const isNew = kindOf(folder) === null;
  const place = isNew ? dirname(folder) : folder;
  makeFolder(place);
  const trial = temporaryName(place);
  try {
    writeFile(trial, '');
  } catch (error) {
    throw fileSystemError('write into', path, (error as Error).cause);
  } finally {
    removeQuietly(trial);
  }
  return folder;
}

/** Writes all files, whole or not at all where the folder is new. The manifest is written last. */
export function writeFolder(path: string, files: FolderFiles, kind: FolderKind): void {
  const folder = target(path);
  const earlier = earlierFiles(folder, path, kind);
  if (earlier !== null) checkOthers(folder, files, earlier, kind);
  makeFolder(dirname(folder));
  const staged = temporaryName(earlier === null ? dirname(folder) : folder);
  const release = removeOnInterrupt(staged);
  try {
    for (const [name, content] of files) {
      const file = join(staged, name);
      makeFolder(dirname(file));
      writeFile(file, content);
    }
    if (earlier === null) move(staged, folder);
    else uninterrupted(() => replaceFiles(folder, staged, files, earlier, kind));
  } catch (error) {
    throw fileSystemError('write', path, error instanceof FlexorError ? (error.cause ?? error) : error);
  } finally {
    removeQuietly(staged);
    release();
  }
}

function target(path: string): string {
  if (path === '') throw new FlexorError('usage', 'the output folder must have a name, got nothing');
  return resolveLinks(resolve(path));
}

/** Files of the earlier output, none for an empty folder, null for a folder that does not exist. */
function earlierFiles(folder: string, path: string, kind: FolderKind): readonly string[] | null {
  const found = kindOf(folder);
  if (found === null) return null;
  if (found !== 'folder') throw refusal(path, 'is a file', kind);
  const entries = listFolder(folder);
  // What a killed run has left is of no use to anybody.
  const others = entries.filter(({ name }) => !isStale(name));
  if (others.length === 0) return [];
  const manifest = join(folder, kind.manifest);
  const listed = kindOf(manifest) === 'file' ? kind.listed(readText(manifest, MOST_MANIFEST_BYTES)) : null;
  if (listed === null) throw refusal(path, `holds other files than ${kind.title}`, kind);
  for (const { name } of entries) if (isStale(name)) remove(join(folder, name));
  return [...listed.filter(isInside), kind.manifest];
}

function refusal(path: string, what: string, kind: FolderKind): FlexorError {
  return new FlexorError(
    'file-system',
    `${path} ${what}, and only ${kind.title} of this tool is replaced; name a new or empty folder`,
  );
}

/** A temporary of a process that has ended. */
function isStale(name: string): boolean {
  const [, id] = /^\.flexor-(\d+)-[0-9a-f]{8}\.tmp$/.exec(name) ?? [];
  if (id === undefined) return false;
  try {
    process.kill(Number(id), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** A manifest may come from anywhere: only names within the folder count. */
function isInside(name: string): boolean {
  const path = normalize(name);
  return path === name && !path.startsWith('/') && path.split(/[/\\]/)[0] !== '..' && path !== '.' && path !== '';
}

/** New files must not land on files that the earlier output did not write. */
function checkOthers(folder: string, files: FolderFiles, earlier: readonly string[], kind: FolderKind): void {
  const own = new Set(earlier);
  for (const name of files.keys()) {
    if (own.has(name) || kindOf(join(folder, name)) === null) continue;
    throw new FlexorError(
      'file-system',
      `${join(folder, name)} is not of the earlier output, and ${kind.title} needs its name; move it or name another folder`,
    );
  }
}

function replaceFiles(
  folder: string,
  staged: string,
  files: FolderFiles,
  earlier: readonly string[],
  kind: FolderKind,
): void {
  const all = new Set([...earlier, ...files.keys()]);
  all.delete(kind.manifest);
  writeFileAtomic(join(folder, kind.manifest), kind.unfinished([...all].sort()));
  for (const name of all) {
    const file = join(folder, name);
    if (files.has(name)) {
      makeFolder(dirname(file));
      move(join(staged, name), file);
    } else {
      remove(file);
      removeIfEmpty(dirname(file));
    }
  }
  move(join(staged, kind.manifest), join(folder, kind.manifest));
}
