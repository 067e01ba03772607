/** Files of a user's own data, as other programs write them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { digits } from '../../src/data/digits.js';
import { encodeNpy } from '../../src/data/own/npy.js';

/** Writes a file and the folders above it; returns its path. */
export function put(path: string, data: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
  return path;
}

/** An IDX file of bytes. */
export function idxBytes(sizes: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  [0x800 | sizes.length, ...sizes].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  return Buffer.concat([header, data]);
}

/** A zip archive, as numpy.savez (stored) and savez_compressed (deflated) make it. */
export function zip(members: Readonly<Record<string, Uint8Array>>, compressed = false): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const data = compressed ? deflateRawSync(content) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(compressed ? 8 : 0, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const at = Buffer.alloc(4);
    at.writeUInt32LE(offset);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, Buffer.alloc(10), at, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  const entries = Buffer.concat(directory);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, entries, Buffer.from('PK\x05\x06'), end]);
}

/** The built-in digits 0 to 4, as images of 14×14: means of four pixels. */
export function smallDigits(train: number, test: number) {
  const set = digits({ train: 3 * train, test: 3 * test });
  const part = ({ images, labels }: { images: Uint8Array; labels: Uint8Array }, count: number) => {
    const chosen = [...labels.keys()].filter((i) => labels[i]! < 5).slice(0, count);
    const pixels = new Uint8Array(count * 196);
    chosen.forEach((from, to) => {
      for (let i = 0; i < 196; i++) {
        const at = from * 784 + 56 * Math.floor(i / 14) + 2 * (i % 14);
        pixels[to * 196 + i] = (images[at]! + images[at + 1]! + images[at + 28]! + images[at + 29]!) >> 2;
      }
    });
    return { count, images: pixels, labels: Uint8Array.from(chosen, (i) => labels[i]!) };
  };
  return { train: part(set.train, train), test: part(set.test, test) };
}

/** The same as the four `.npy` files of a folder. */
export function writeSmallDigits(folder: string, train: number, test: number): string {
  for (const [split, { count, images, labels }] of Object.entries(smallDigits(train, test))) {
    put(join(folder, `x_${split}.npy`), encodeNpy([count, 14, 14], images));
    put(join(folder, `y_${split}.npy`), encodeNpy([count], Int32Array.from(labels)));
  }
  return folder;
}

/** A table of three kinds of flowers, whose class follows from the numbers with a little noise. */
export function flowerTable(rows: number): string {
  const kinds = ['setosa', 'versicolor', 'virginica'];
  // A linear congruence is noise enough, and the same everywhere.
  let state = 1;
  const noise = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31 - 0.5;
  const lines = Array.from({ length: rows }, (_, i) => {
    const kind = i % 3;
    const numbers = [5 + kind + noise(), 100 - 20 * kind + 20 * noise(), 0.1 * kind + 0.1 * noise(), 7];
    return [...numbers.map((value) => value.toFixed(3)), kinds[kind]].join(',');
  });
  return ['length,weight,"ratio, long",constant,species', ...lines, ''].join('\n');
}
