/** Thread that decodes images for decode-pool.ts: one message a job, answered when the job's pixels are in place. */
import { parentPort } from 'node:worker_threads';
import { FlexorError, invariant, oneLine } from '../base/errors.js';
import { openInput } from '../base/files.js';
import { Random } from '../base/random.js';
import { centreRegion, randomRegion } from './crop.js';
import type { DecodeAnswer, DecodeItem, DecodeJob } from './decode-pool.js';
import { describeImage, type ImageFile } from './image-index.js';
import { decodeImage, type View } from './jpeg.js';

/** Largest JPEG that is read; the largest of ImageNet has 15 MB. */
const MOST_BYTES = 2 ** 26;

function readImage(image: ImageFile): Uint8Array {
  const file = openInput(image.path);
  try {
    const { offset, size } = image.member ?? { offset: 0, size: file.size };
    if (size > MOST_BYTES) {
      throw new FlexorError('data', `${describeImage(image)}: a JPEG has at most ${MOST_BYTES} bytes, got ${size}`);
    }
    return file.read(offset, size);
  } finally {
    file.close();
  }
}

function view({ change }: DecodeItem, width: number, height: number): View {
  if (change === null) return { region: centreRegion(width, height), flip: false };
  const random = new Random(change.seed);
  const region = randomRegion(width, height, random);
  return { region, flip: change.flip && random.below(2) === 1 };
}

async function decodeItem(item: DecodeItem, side: number): Promise<Uint8Array> {
  const bytes = readImage(item);
  try {
    return await decodeImage(bytes, side, (width, height) => view(item, width, height));
  } catch (error) {
    throw new FlexorError(
      'data',
      `${describeImage(item)}: the image cannot be decoded (${oneLine(error)}); fetch it again or remove it`,
    );
  }
}

async function run({ items, side, pixels }: DecodeJob): Promise<void> {
  const size = side * side * 3;
  for (const [i, item] of items.entries()) {
    const decoded = await decodeItem(item, side);
    invariant(decoded.length === size, `an image of ${decoded.length} bytes instead of ${size}`);
    pixels.set(decoded, i * size);
  }
}

invariant(parentPort !== null, 'decode-worker runs in a worker thread');
const port = parentPort;
port.on('message', (job: DecodeJob) => {
  const answer = (failure: string | null): void => port.postMessage({ id: job.id, failure } satisfies DecodeAnswer);
  run(job).then(
    () => answer(null),
    (error: unknown) => answer(oneLine(error)),
  );
});
