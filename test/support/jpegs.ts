/** Small sets of JPEGs laid out like ImageNet. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** A JPEG of one colour, red and green growing to the right and downwards by `slope` a pixel. */
export function jpeg(width: number, height: number, colour: readonly number[], slope = 0): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return Math.min(255, colour[i % 3]! + slope * [x, y, 0][i % 3]!);
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
}

/** Class → colour of its images. */
const CLASSES = { n01440764: [200, 60, 60], n01443537: [60, 60, 200], n02102040: [60, 200, 60] } as const;

/** Writes `train` and `val` with three class folders of so many images each, of different sizes; returns `folder`. */
export async function writeJpegs(folder: string, train: number, val: number): Promise<string> {
  for (const [split, count] of [
    ['train', train],
    ['val', val],
  ] as const) {
    for (const [name, colour] of Object.entries(CLASSES)) {
      mkdirSync(join(folder, split, name), { recursive: true });
      for (let i = 0; i < count; i++) {
        const path = join(folder, split, name, `${name}_${i}.JPEG`);
        writeFileSync(path, await jpeg(40 + 7 * i, 56 - 5 * i, colour, 1));
      }
    }
  }
  return folder;
}

/** Packs files of a folder into an archive with the system's tar. */
export function tar(archive: string, folder: string, members: readonly string[], format = 'gnu'): void {
  const { status, stderr } = spawnSync('tar', [`--format=${format}`, '-cf', archive, '-C', folder, ...members]);
  if (status !== 0) throw new Error(`tar: ${String(stderr)}`);
}
