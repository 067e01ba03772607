/** Data as people bring them: images, folders of images, tables with a column of labels, sets of IDX files in gzip archives. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import type { Random } from '../../src/base/random.js';
import { loadOwn } from '../../src/data/own/open.js';
import { mutateBytes, mutateJson, mutateText, pick } from './mutate.js';
import type { Target } from './types.js';

const bytesOf = (content: string): Uint8Array => Uint8Array.from(Buffer.from(content));
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** Images of 6 by 5 pixels, of several colours and depths. */
async function pictures(format: 'png' | 'jpeg'): Promise<Uint8Array[]> {
  const made = [1, 3, 4].map(async (channels) => {
    const pixels = Uint8Array.from({ length: 30 * channels }, (_, i) => (i * 37) % 256);
    const raw = sharp(pixels, { raw: { width: 6, height: 5, channels: channels as 1 | 3 | 4 } });
    return Uint8Array.from(await (format === 'png' ? raw.png() : raw.jpeg()).toBuffer());
  });
  return Promise.all(made);
}

/** One image of a folder of four. */
async function picture(folder: string, format: 'png' | 'jpeg'): Promise<Target> {
  const seeds = await pictures(format);
  const place = join(folder, `of-${format}`);
  for (const name of ['a/0', 'a/1', 'b/0', 'b/1']) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, `${name}.png`), (await pictures('png'))[1]!);
  }
  return {
    ...{ name: format, ending: `.${format}`, seeds },
    mutate: (random, seed) => mutateBytes(random, seed, seeds),
    run: async (bytes) => {
      writeFileSync(join(place, 'a', format === 'png' ? '1.png' : '1.jpeg'), bytes);
      return (await loadOwn(place, {})).train.count;
    },
  };
}

/** A folder: paths and what lies there, an image, a link to one, a text or a folder. */
async function imageFolder(folder: string): Promise<Target> {
  const [grey, colour] = await pictures('png');
  const contents: Readonly<Record<string, Uint8Array>> = {
    grey: grey!,
    colour: colour!,
    text: bytesOf('x'),
    none: bytesOf(''),
  };
  const files = (prefix: string): [string, string][] =>
    ['a/0.png', 'a/1.jpg', 'b/0.png', 'b/1.PNG', 'b/2.png'].map((name) => [prefix + name, 'colour']);
  const seeds = [files(''), [...files('train/'), ...files('test/')], [...files('training/'), ...files('val/')]];
  const place = join(folder, 'images');
  return {
    ...{ name: 'image-folder', ending: '.json', seeds: seeds.map((each) => bytesOf(JSON.stringify(each))) },
    mutate: (random, seed) => bytesOf(JSON.stringify(mutateJson(random, JSON.parse(textOf(seed))))),
    run: async (bytes) => {
      rmSync(place, { recursive: true, force: true });
      mkdirSync(place, { recursive: true });
      const entries = JSON.parse(textOf(bytes)) as unknown;
      for (const entry of Array.isArray(entries) ? entries : []) if (Array.isArray(entry)) put(place, entry, contents);
      return (await loadOwn(place, {})).train.count;
    },
  };
}

/** Writes a file within the folder; a path that no file system takes, or that leads out of it, is left out. */
function put(place: string, [path, kind]: readonly unknown[], contents: Readonly<Record<string, Uint8Array>>): void {
  const name = String(path);
  const target = join(place, name);
  if (!target.startsWith(`${place}/`)) return;
  try {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, Object.hasOwn(contents, String(kind)) ? contents[String(kind)]! : bytesOf(String(kind)));
  } catch {
    // Another entry is a file where this one has a folder, or the name is none.
  }
}

/** A table of which one column has the labels, with and without a split into two files. */
function table(folder: string): Target {
  const rows = Array.from({ length: 30 }, (_, i) => [i, (i * 0.5).toExponential(), `"kind, ${i % 3}"`, -i]);
  const lines = (separator: string): string =>
    ['x', 'y', 'label', 'z'].join(separator) +
    '\n' +
    rows
      .map((row) => row.map((cell) => (separator === '\t' ? String(cell).replace(/"/g, '') : cell)).join(separator))
      .join('\n');
  const seeds = [lines(','), lines(';'), `\ufeff${lines(',')}\r\n`].map(bytesOf);
  const place = join(folder, 'tables');
  mkdirSync(place, { recursive: true });
  return {
    ...{ name: 'table', ending: '.csv', seeds: seeds.slice(0, 1) },
    mutate: (random: Random) =>
      random.below(2) === 0
        ? mutateBytes(random, pick(random, seeds), seeds)
        : bytesOf(mutateText(random, textOf(pick(random, seeds)))),
    run: async (bytes) => {
      for (const name of ['train.csv', 'test.csv']) writeFileSync(join(place, name), bytes);
      return (await loadOwn(place, { label: 'label' })).train.count;
    },
  };
}

/** A set of IDX files; what is changed lies within the archive, which is whole. */
function archive(folder: string): Target {
  const images = Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 3, 0, 0, 0, 4]), Buffer.alloc(72, 9)]);
  const labels = gzipSync(Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, 6]), Buffer.from([0, 1, 2, 0, 1, 2])]));
  const seeds = [Uint8Array.from(gzipSync(images))];
  const place = join(folder, 'idx-set');
  mkdirSync(place, { recursive: true });
  return {
    ...{ name: 'gzip', ending: '.gz', seeds },
    mutate: (random, seed) => {
      const inside = mutateBytes(random, Uint8Array.from(gunzipSync(seed)), [images]);
      const packed = Uint8Array.from(gzipSync(inside));
      // Two members one behind the other are one file, too.
      return random.below(8) === 0 ? Uint8Array.from(Buffer.concat([packed, gzipSync(inside.subarray(0, 9))])) : packed;
    },
    run: async (bytes) => {
      for (const part of ['train', 't10k']) {
        writeFileSync(join(place, `${part}-images-idx3-ubyte.gz`), bytes);
        writeFileSync(join(place, `${part}-labels-idx1-ubyte.gz`), labels);
      }
      return (await loadOwn(place, {})).train.count;
    },
  };
}

/** Targets about data; `folder` is for what they need besides their input. */
export async function dataTargets(folder: string): Promise<readonly Target[]> {
  const pictureTargets = [await picture(folder, 'png'), await picture(folder, 'jpeg'), await imageFolder(folder)];
  return [...pictureTargets, table(folder), archive(folder)];
}
