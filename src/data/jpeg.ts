/** Decodes one image and scales a part of it, with sharp (libvips): deterministic whatever else is decoded meanwhile. */
import sharp from 'sharp';
import type { Region } from './crop.js';

/** Threads are ours (decode-pool.ts), and no image is wanted twice. */
sharp.concurrency(1);
sharp.cache(false);

/** A few kilobytes may state any size; the largest of ImageNet has 36 million pixels. */
const MOST_PIXELS = 2 ** 26;

export interface View {
  readonly region: Region;
  /** Mirrored left to right. */
  readonly flip: boolean;
}

/**
 * Red, green and blue of side × side pixels, NHWC. `choose` says what to show of an image of so many pixels. Grey and CMYK
 * are turned to RGB. Throws sharp's error where the file is cut off or no image.
 */
export async function decodeImage(
  bytes: Uint8Array,
  side: number,
  choose: (width: number, height: number) => View,
): Promise<Uint8Array> {
  // Broken data are an error; what a decoder only warns of (ImageNet has a few such files) is not.
  const image = sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS });
  const { width, height } = await image.metadata();
  const { region, flip } = choose(width, height);
  return image
    .extract({ ...region })
    .resize(side, side, { fit: 'fill', kernel: 'linear' })
    .flop(flip)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}
