/** Decoding of PNG and JPEG files with sharp (libvips), which is loaded only here. */
import { oneLine } from '../../base/errors.js';
import { openInput } from '../../base/files.js';
import { loadOptional } from '../../base/optional.js';
import { dataProblem } from './limits.js';
import type { Size } from './types.js';

/** Largest file and image that are read: a few kilobytes may state any size. */
const MOST_BYTES = 2 ** 26;
const MOST_PIXELS = 2 ** 26;

export interface PictureFacts {
  readonly height: number;
  readonly width: number;
  readonly isGrey: boolean;
}

export interface PictureReader {
  /** Size and colour, from the head of the file. */
  facts(path: string): Promise<PictureFacts>;
  /** height × width × channels bytes (1: grey, 3: red, green, blue); transparency is left out. */
  pixels(path: string, size: Size, channels: number): Promise<Uint8Array>;
}

export async function pictureReader(): Promise<PictureReader> {
  const { default: sharp } = await loadOptional('decoding of images', () => import('sharp'));
  const open = (path: string) => {
    const file = openInput(path);
    try {
      if (file.size > MOST_BYTES) {
        throw dataProblem(path, `an image file has at most ${MOST_BYTES} bytes, got ${file.size}; make it smaller`);
      }
      // sharp throws of an empty file at once, before anything is decoded.
      if (file.size === 0) throw dataProblem(path, 'the image cannot be decoded (the file is empty); remove it');
      return sharp(file.read(0, file.size), { failOn: 'truncated', limitInputPixels: MOST_PIXELS });
    } finally {
      file.close();
    }
  };
  const decoded = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const remedy = 'write it again as PNG or JPEG, or remove it';
      throw dataProblem(path, `the image cannot be decoded (${oneLine(error)}); ${remedy}`);
    }
  };
  return {
    async facts(path) {
      const picture = open(path);
      const { height, width, space = '' } = await decoded(path, () => picture.metadata());
      return { height, width, isGrey: /^(b-w|grey16)$/.test(space) };
    },
    async pixels(path, [height, width], channels) {
      const picture = open(path)
        .resize(width, height, { fit: 'fill', kernel: 'linear' })
        .removeAlpha()
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw();
      const bytes = await decoded(path, () => picture.toBuffer());
      if (bytes.length === height * width * channels) return bytes;
      throw dataProblem(
        path,
        `must decode to ${height * width * channels} bytes, got ${bytes.length}; write it again as PNG`,
      );
    },
  };
}
