/** Data as folders of PNG or JPEG files, a folder for each class. */
import { join } from 'node:path';
import { kindOf, listFolder } from '../../base/files.js';
import { inParallel } from '../../base/parallel.js';
import { checkElements, dataProblem } from './limits.js';
import { pictureReader, type PictureReader } from './pictures.js';
import type { Form, LoadPart, RawPart, ReadOptions, Size } from './types.js';

const IMAGE = /\.(png|jpe?g)$/i;
const TRAIN = ['train', 'training'];
const TEST = ['test', 'testing', 'val', 'valid', 'validation'];
const MOST_IMAGES = 2 ** 17;
/** Images that are decoded at once. */
const AT_ONCE = 8;

export const IMAGE_FOLDERS: Form = {
  kind: 'pictures',
  name: 'folders of PNG or JPEG files',
  find(path, options) {
    const part = (names: readonly string[]): LoadPart | null => {
      const folder = names.map((name) => join(path, name)).find(hasClasses);
      return folder === undefined ? null : () => readClasses(folder, options);
    };
    const [train, test] = [part(TRAIN), part(TEST)];
    if (train !== null || test !== null) return { train, test, whole: null, classes: null };
    if (!hasClasses(path)) return null;
    return { train: null, test: null, whole: () => readClasses(path, options), classes: null };
  },
};

/** Names that do not begin with a dot: what file managers leave is no data. */
function visible(folder: string): ReturnType<typeof listFolder> {
  return listFolder(folder).filter(({ name }) => !name.startsWith('.'));
}

function imagesOf(folder: string): string[] {
  return visible(folder).flatMap(({ name, kind }) => (kind === 'file' && IMAGE.test(name) ? [name] : []));
}

function hasClasses(path: string): boolean {
  if (kindOf(path) !== 'folder') return false;
  return visible(path).some(({ name, kind }) => kind === 'folder' && imagesOf(join(path, name)).length > 0);
}

interface Picture {
  /** Class folder and file. */
  readonly name: string;
  readonly className: string;
  readonly path: string;
}

async function readClasses(folder: string, options: ReadOptions): Promise<RawPart> {
  const pictures = visible(folder)
    .filter(({ kind }) => kind === 'folder')
    .flatMap(({ name: className }) =>
      imagesOf(join(folder, className)).map((file): Picture => {
        return { name: `${className}/${file}`, className, path: join(folder, className, file) };
      }),
    );
  if (pictures.length > MOST_IMAGES) {
    throw dataProblem(folder, `at most ${MOST_IMAGES} images are read, got ${pictures.length}; use a part of them`);
  }
  const reader = await pictureReader();
  const { size, channels } = await commonFormat(pictures, reader, options, folder);
  const elements = size[0] * size[1] * channels;
  checkElements(pictures.length * elements, true, folder);
  const images = new Uint8Array(pictures.length * elements);
  await each(pictures, async ({ path }, i) => images.set(await reader.pixels(path, size, channels), i * elements));
  return {
    count: pictures.length,
    shape: { height: size[0], width: size[1], channels },
    images,
    labels: pictures.map(({ className }) => className),
    names: pictures.map(({ name }) => name),
    where: folder,
  };
}

/** One size and one number of channels for all: those asked for, else what all images have. */
async function commonFormat(
  pictures: readonly Picture[],
  reader: PictureReader,
  { imageSize, shape }: ReadOptions,
  folder: string,
): Promise<{ readonly size: Size; readonly channels: number }> {
  const channels = shape?.channels;
  if (imageSize !== undefined && channels !== undefined) return { size: imageSize, channels: channels === 1 ? 1 : 3 };
  const facts = await each(pictures, ({ path }) => reader.facts(path));
  const { height, width } = facts[0]!;
  const other = facts.findIndex((fact) => fact.height !== height || fact.width !== width);
  if (imageSize === undefined && other >= 0) {
    const sizes = `${pictures[0]!.name} has ${height}×${width}, ${pictures[other]!.name} ${facts[other]!.height}×${facts[other]!.width}`;
    throw dataProblem(folder, `images must have one size: ${sizes}; give one with --image-size`);
  }
  const grey = channels === undefined ? facts.every(({ isGrey }) => isGrey) : channels === 1;
  return { size: imageSize ?? [height, width], channels: grey ? 1 : 3 };
}

/** Works on all, a few at once; results in order. */
async function each<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  await inParallel([...items.entries()], AT_ONCE, async ([i, item]) => {
    results[i] = await work(item, i);
  });
  return results;
}
