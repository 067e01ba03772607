/**
 * Threads that decode images. A batch is cut into equal runs, one a thread, and each thread queues what it is sent: it goes
 * on decoding while the main thread computes. Pixels depend on the items alone, not on the number of threads.
 */
import { Worker } from 'node:worker_threads';
import { FlexorError, oneLine } from '../base/errors.js';
import { missingPackages } from '../base/optional.js';
import { workerScript } from '../base/worker-pool.js';
import type { ImageFile } from './image-index.js';

export interface DecodeItem extends ImageFile {
  /** Random-resized-crop drawn from a seed, mirrored at random where `flip`; null: the middle. */
  readonly change: { readonly seed: number; readonly flip: boolean } | null;
}

export interface DecodeJob {
  readonly id: number;
  readonly items: readonly DecodeItem[];
  /** Height and width of the results. */
  readonly side: number;
  /** Shared memory for the job's pixels: items × side × side × 3. */
  readonly pixels: Uint8Array;
}

export interface DecodeAnswer {
  readonly id: number;
  /** One line; null where all went well. */
  readonly failure: string | null;
}

export class DecodePool {
  private readonly threads: DecodeThread[] = [];

  constructor(private readonly workers: number) {}

  /** Pixels of the items in their order. Rejects with a FlexorError that names the image. Threads start on first use. */
  async decode(items: readonly DecodeItem[], side: number): Promise<Uint8Array> {
    const size = side * side * 3;
    const pixels = new Uint8Array(new SharedArrayBuffer(items.length * size));
    const run = Math.ceil(items.length / this.workers);
    const jobs: Promise<void>[] = [];
    for (let from = 0; from < items.length; from += run) {
      const part = items.slice(from, from + run);
      const thread = (this.threads[jobs.length] ??= new DecodeThread());
      jobs.push(thread.run(part, side, pixels.subarray(from * size, (from + part.length) * size)));
    }
    await Promise.all(jobs);
    return pixels;
  }
}

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

/** One thread; it keeps the process alive only while it has work. */
class DecodeThread {
  private readonly worker = new Worker(workerScript('decode'));
  private readonly pending = new Map<number, Pending>();
  private jobs = 0;

  constructor() {
    this.worker.unref();
    this.worker.on('message', ({ id, failure }: DecodeAnswer) => {
      const job = this.pending.get(id)!;
      this.pending.delete(id);
      if (this.pending.size === 0) this.worker.unref();
      if (failure === null) job.resolve();
      else job.reject(new FlexorError('data', failure));
    });
    // Only a script that does not load ends like this: sharp is not installed, or has no binary for the machine.
    this.worker.on('error', (error) => {
      const failure =
        missingPackages('decoding of images') ??
        new FlexorError('tool', `JPEGs cannot be decoded here: ${oneLine(error)}`, { cause: error });
      for (const { reject } of this.pending.values()) reject(failure);
    });
  }

  run(items: readonly DecodeItem[], side: number, pixels: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = this.jobs++;
      this.pending.set(id, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage({ id, items, side, pixels } satisfies DecodeJob);
    });
  }
}
