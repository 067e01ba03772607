/**
 * Finds the JPEGs of a split without reading them: in class folders (`CLASS/NAME.JPEG`), in tar archives and in tar
 * archives of tar archives, as ImageNet is distributed. The class is the folder of the file or member and, where it has
 * none, the archive's name (`n01440764.tar`); images that lie in no class get it from a table by their name.
 */
import { basename, dirname, join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { kindOf, listFolder } from '../base/files.js';
import { tarMembers, type Span, type TarMember } from './tar.js';

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

/** Image (its name without `.JPEG`) → class, for images that lie in no class folder; null where there is no table. */
export type ClassTable = ReadonlyMap<string, string> | null;

/** An image, or one whose class is not told by where it lies. */
type Found = Omit<FoundImage, 'className'> & { readonly className: string | null };

/** For errors: the path, and the member in an archive. */
export function describeImage({ path, member }: ImageFile): string {
  return member === null ? path : `${path}: ${member.name}`;
}

/** All images in a folder or an archive, ordered by class and file name whatever the order on disk. */
export function findImages(place: string, table: ClassTable): FoundImage[] {
  const found = (TAR.test(place) ? inArchive(place) : inFolder(place)).map((image) => withClass(image, table));
  if (found.length === 0) {
    throw new FlexorError('data', `${place} holds neither class folders with JPEGs nor tar archives of them`);
  }
  // The sort is stable: of equal names in two archives the one in the first archive stays in front.
  return found.sort((a, b) => compare(a.className, b.className) || compare(a.fileName, b.fileName));
}

function withClass({ className: own, ...image }: Found, table: ClassTable): FoundImage {
  const className = own ?? table?.get(image.fileName.replace(JPEG, ''));
  if (className !== undefined) return { ...image, className };
  throw new FlexorError(
    'data',
    `${describeImage(image)} lies in no class folder; sort the images into a folder for each class, ` +
      "or put Kaggle's table of the validation images, LOC_val_solution.csv, beside the folder",
  );
}

function inFolder(folder: string): Found[] {
  return visible(folder).flatMap(({ name, kind }): Found[] => {
    const path = join(folder, name);
    if (TAR.test(name) && kind !== 'folder') return inArchive(path);
    if (kind === 'folder') return jpegs(path).map((image) => ({ ...image, className: name }));
    return JPEG.test(name) ? [{ path: imagePath(path), member: null, className: null, fileName: name }] : [];
  });
}

function jpegs(folder: string): Omit<Found, 'className'>[] {
  return visible(folder)
    .filter(({ name, kind }) => JPEG.test(name) && kind !== 'folder')
    .map(({ name: fileName, kind }) => {
      const path = join(folder, fileName);
      return { path: kind === 'file' ? path : imagePath(path), member: null, fileName };
    });
}

/** Entries without those that macOS writes beside files (`._NAME` has what a file system or an archive cannot hold). */
function visible(folder: string): ReturnType<typeof listFolder> {
  return listFolder(folder).filter(({ name }) => !name.startsWith('._'));
}

/** Links count, data sets are often put together from them; but there must be a file behind. */
function imagePath(path: string): string {
  const kind = kindOf(path);
  if (kind === 'file') return path;
  const what = kind === null ? 'is a link that leads nowhere' : 'is a device or a pipe, not a file';
  throw new FlexorError('data', `${path} ${what}; fetch the image again or remove it`);
}

function inArchive(path: string): Found[] {
  const isOurs = (name: string): boolean => !basename(name).startsWith('._') && (JPEG.test(name) || TAR.test(name));
  return tarMembers(path, isOurs).flatMap((member): Found[] => {
    if (!TAR.test(member.name)) return [inMember(path, member, path)];
    const inner = tarMembers(path, isOurs, member).filter(({ name }) => JPEG.test(name));
    return inner.map((each) => inMember(path, each, member.name));
  });
}

/** `archive`: what the archive with the member is called. */
function inMember(path: string, member: TarMember, archive: string): Found {
  const folder = basename(dirname(member.name));
  const className = folder === '.' || folder === '' ? classOf(basename(archive)) : folder;
  return { path, member, className, fileName: basename(member.name) };
}

/** Archives that ImageNet is distributed in hold many classes and are called after none. */
function classOf(archive: string): string | null {
  const name = archive.replace(TAR, '');
  return /^(ILSVRC2012_img_)?(train|val)/.test(name) ? null : name;
}

/** By code units, the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
