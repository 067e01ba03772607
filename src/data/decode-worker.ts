/** Thread that decodes images for decode-pool.ts: one message a job, answered when the job's pixels are in place. */
import { open, readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { FlexorError, invariant, oneLine } from '../base/errors.js';
import { fileSystemError } from '../base/files.js';
import { Random } from '../base/random.js';
import { centreRegion, randomRegion } from './crop.js';
import type { DecodeAnswer, DecodeItem, DecodeJob } from './decode-pool.js';
import { describeImage, type ImageFile } from './image-index.js';
import { decodeImage, type View } from './jpeg.js';

async function readImage({ path, member }: ImageFile): Promise<Uint8Array> {
  if (member === null) return readFile(path);
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(member.size), 0, member.size, member.offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function view({ change }: DecodeItem, width: number, height: number): View {
  if (change === null) return { region: centreRegion(width, height), flip: false };
  const random = new Random(change.seed);
  const region = randomRegion(width, height, random);
  return { region, flip: change.flip && random.below(2) === 1 };
}

async function decodeItem(item: DecodeItem, side: number): Promise<Uint8Array> {
  const bytes = await readImage(item).catch((error: unknown) => {
    throw fileSystemError('read', describeImage(item), error);
  });
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
