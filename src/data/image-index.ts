/**
 * Finds the JPEGs of a split without reading them: in class folders (`CLASS/NAME.JPEG`) and in tar archives, where the
 * class is the member's folder or, where it has none, the archive's name (`n01440764.tar`).
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { fileSystemError } from '../base/files.js';
import { tarMembers, type Span } from './tar.js';

const JPEG = /\.jpe?g$/i;
const TAR = /\.tar$/i;

/** Where an image lies; plain data, so that it can be sent to a thread. */
export interface ImageFile {
  /** Path of the file or archive. */
  readonly path: string;
  /** In an archive: the member's name and place. */
  readonly member: ({ readonly name: string } & Span) | null;
}

export interface FoundImage extends ImageFile {
  readonly className: string;
  /** Without folders. */
  readonly fileName: string;
}

/** For errors: the path, and the member in an archive. */
export function describeImage({ path, member }: ImageFile): string {
  return member === null ? path : `${path}: ${member.name}`;
}

/** All images below a folder, ordered by class and file name whatever the order on disk. */
export function findImages(folder: string): FoundImage[] {
  const found = entries(folder).flatMap((name): FoundImage[] => {
    const path = join(folder, name);
    if (TAR.test(name)) return inArchive(path);
    return isFolder(path) ? inClassFolder(path) : [];
  });
  if (found.length === 0) {
    throw new FlexorError('data', `${folder} holds neither class folders with JPEGs nor tar archives of them`);
  }
  // The sort is stable: of equal names in two archives the one in the first archive stays in front.
  return found.sort((a, b) => compare(a.className, b.className) || compare(a.fileName, b.fileName));
}

function inClassFolder(path: string): FoundImage[] {
  const className = basename(path);
  return entries(path)
    .filter((name) => JPEG.test(name))
    .map((fileName) => ({ path: join(path, fileName), member: null, className, fileName }));
}

function inArchive(path: string): FoundImage[] {
  const ownName = basename(path).replace(TAR, '');
  return [...tarMembers(path)]
    .filter(({ name }) => JPEG.test(name))
    .map((member) => {
      const folder = basename(dirname(member.name));
      const className = folder === '.' || folder === '' ? ownName : folder;
      return { path, member, className, fileName: basename(member.name) };
    });
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort(compare);
  } catch (error) {
    throw fileSystemError('read', folder, error);
  }
}

/** Links to folders count: data sets are often put together from links. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** By code units, the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
