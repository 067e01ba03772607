/** Data as IDX files of any size and number of classes, under the names that MNIST's files have. */
import { idxFiles, readIdxNamed } from '../idx-files.js';
import { arrayLayout, channelsLast } from './layout.js';
import { dataProblem } from './limits.js';
import type { Form, LoadPart, RawPart, ReadOptions } from './types.js';

const STEMS = { train: ['train'], test: ['t10k', 'test'] } as const;
/** Grey images, and images with channels. */
const DIMENSIONS = [3, 4] as const;

export const IDX_FOLDER: Form = {
  kind: 'idx',
  name: 'folder of IDX files',
  find(path, options) {
    const part = (stems: readonly string[]): LoadPart | null => {
      for (const stem of stems) {
        for (const dimensions of DIMENSIONS) {
          if (idxFiles(path, imagesName(stem, dimensions)).length > 0)
            return () => readPart(path, stem, dimensions, options);
        }
      }
      return null;
    };
    const [train, test] = [part(STEMS.train), part(STEMS.test)];
    return train === null && test === null ? null : { train, test, whole: null, classes: null };
  },
};

function imagesName(stem: string, dimensions: number): string {
  return `${stem}-images-idx${dimensions}-ubyte`;
}

function readPart(folder: string, stem: string, dimensions: number, options: ReadOptions): RawPart {
  const images = readIdxNamed('IDX', folder, imagesName(stem, dimensions), dimensions);
  const labels = readIdxNamed('IDX', folder, `${stem}-labels-idx1-ubyte`, 1);
  const { count, shape, isChannelsFirst } = arrayLayout(images.sizes, images.path, options);
  if (labels.sizes[0] !== count) {
    throw dataProblem(labels.path, `${labels.sizes[0]} labels for the ${count} images of ${images.path}`);
  }
  const pixels = isChannelsFirst ? channelsLast(images.data, shape) : images.data;
  return { count, shape, images: pixels, labels: Int32Array.from(labels.data), where: images.path };
}
