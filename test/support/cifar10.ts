/** Small files in CIFAR-10's binary layout. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the six files with `images` images each into `folder` and returns it. Image n of file f (the test file is the
 * sixth) has label (f + n) mod 10; its pixels are (colour · 80 + row + column + n) mod 256.
 */
export function writeCifar10(folder: string, images: number): string {
  mkdirSync(folder, { recursive: true });
  const names = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`).concat('test_batch.bin');
  names.forEach((name, f) => {
    const records = Array.from({ length: images }, (_, n) => [
      (f + n) % 10,
      ...Array.from({ length: 3072 }, (_unused, i) => {
        const [colour, row, column] = [Math.floor(i / 1024), Math.floor((i % 1024) / 32), i % 32];
        return (colour * 80 + row + column + n) % 256;
      }),
    ]);
    writeFileSync(join(folder, name), Uint8Array.from(records.flat()));
  });
  return folder;
}
