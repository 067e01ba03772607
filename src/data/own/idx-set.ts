/** Data as IDX files of any size and number of classes, under the names that MNIST's files have. */
import { idxFiles, readIdxNamed } from '../idx-files.js';
import { imageShape } from './arrays.js';
import { dataProblem } from './limits.js';
import type { Form, LoadPart, RawPart } from './types.js';

const STEMS = { train: ['train'], test: ['t10k', 'test'] } as const;
/** Grey images, and images with channels as the last dimension. */
const DIMENSIONS = [3, 4] as const;

export const IDX_FOLDER: Form = {
  kind: 'idx',
  name: 'folder of IDX files',
  find(path) {
    const part = (stems: readonly string[]): LoadPart | null => {
      for (const stem of stems) {
        for (const dimensions of DIMENSIONS) {
          if (idxFiles(path, imagesName(stem, dimensions)).length > 0) return () => readPart(path, stem, dimensions);
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

function readPart(folder: string, stem: string, dimensions: number): RawPart {
  const images = readIdxNamed('IDX', folder, imagesName(stem, dimensions), dimensions);
  const labels = readIdxNamed('IDX', folder, `${stem}-labels-idx1-ubyte`, 1);
  const { count, shape } = imageShape(images.sizes, images.path);
  if (labels.sizes[0] !== count) {
    throw dataProblem(labels.path, `${labels.sizes[0]} labels for the ${count} images of ${images.path}`);
  }
  return { count, shape, images: images.data, labels: Int32Array.from(labels.data), where: images.path };
}
