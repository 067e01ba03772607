/**
 * Data in the binary layout of CIFAR-10 and CIFAR-100: records of one label byte (or two, of which the second counts) and
 * 3,072 bytes of pixels, 32×32 of each colour. Names of classes are in the list that comes with them.
 */
import { join } from 'node:path';
import { kindOf, readFile } from '../../base/files.js';
import { dataProblem, MOST_PIXELS } from './limits.js';
import type { Form, LoadPart, RawPart } from './types.js';

const SIDE = 32;
const CHANNELS = 3;
const PIXELS = SIDE * SIDE;
const TRAIN_FILES = ['train.bin', ...Array.from({ length: 9 }, (_, i) => `data_batch_${i + 1}.bin`)];
const TEST_FILES = ['test.bin', 'test_batch.bin'];
/** Of CIFAR-100, whose records have a coarse label in front. */
const FINE_NAMES = 'fine_label_names.txt';

export const CIFAR_FOLDER: Form = {
  kind: 'cifar',
  name: 'folder of CIFAR binary files',
  find(path) {
    const part = (names: readonly string[]): LoadPart | null => {
      const files = names.map((name) => join(path, name)).filter((file) => kindOf(file) === 'file');
      return files.length === 0 ? null : () => readFiles(files, kindOf(join(path, FINE_NAMES)) === 'file' ? 2 : 1);
    };
    const [train, test] = [part(TRAIN_FILES), part(TEST_FILES)];
    return train === null && test === null ? null : { train, test, whole: null, classes: null };
  },
};

function readFiles(paths: readonly string[], labelBytes: number): RawPart {
  const recordBytes = labelBytes + PIXELS * CHANNELS;
  const contents = paths.map((path) => {
    const bytes = readFile(path, MOST_PIXELS);
    if (bytes.length > 0 && bytes.length % recordBytes === 0) return bytes;
    const layout = `records of ${recordBytes} bytes (${labelBytes} of labels, then 32×32 of each colour)`;
    throw dataProblem(path, `must be ${layout}, got ${bytes.length} bytes`);
  });
  const count = contents.reduce((sum, bytes) => sum + bytes.length / recordBytes, 0);
  const images = new Uint8Array(count * PIXELS * CHANNELS);
  const labels = new Int32Array(count);
  let n = 0;
  for (const bytes of contents) {
    for (let at = 0; at < bytes.length; at += recordBytes, n++) {
      labels[n] = bytes[at + labelBytes - 1]!;
      const pixels = bytes.subarray(at + labelBytes, at + recordBytes);
      const image = images.subarray(n * PIXELS * CHANNELS, (n + 1) * PIXELS * CHANNELS);
      for (let c = 0, from = 0; c < CHANNELS; c++) {
        for (let i = c; i < image.length; i += CHANNELS, from++) image[i] = pixels[from]!;
      }
    }
  }
  return { count, shape: { height: SIDE, width: SIDE, channels: CHANNELS }, images, labels, where: paths[0]! };
}
