/**
 * Worker threads over a range of work items. Workers take batches from a shared counter and write results into shared
 * memory at the item's own place, so the result does not depend on how many workers there are or which is faster.
 */
import { pathToFileURL } from 'node:url';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { invariant } from './errors.js';
import { exists } from './files.js';
import { packageFile } from './places.js';

/** What every worker gets besides its own data. */
interface Range {
  readonly counter: Int32Array;
  readonly total: number;
  readonly batch: number;
}

export interface BatchOptions<Data> {
  /** Script of the worker (`workerScript`). */
  readonly script: URL;
  /** Copied to every worker; use SharedArrayBuffer for what is large or written. */
  readonly data: Data;
  readonly total: number;
  /** Items a worker takes at once. */
  readonly batch: number;
  readonly workers: number;
  /** Called after each batch with the number of finished items. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The script of a worker, by its name in scripts/bundle.js. Threads cannot load TypeScript, so tests, which run from src,
 * use the bundle as well.
 */
export function workerScript(name: string): URL {
  const path = packageFile('lib', 'workers', `${name}.js`);
  invariant(exists(path), `worker script ${name}.js is missing; run npm run build`);
  return pathToFileURL(path);
}

/** Runs all items; rejects with the first error of any worker, after ending the others. */
export async function runBatches<Data>(options: BatchOptions<Data>): Promise<void> {
  const { script, data, total, batch, onProgress } = options;
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const count = Math.max(1, Math.min(options.workers, Math.ceil(total / batch)));
  const range: Range = { counter, total, batch };
  let done = 0;
  const workers = Array.from({ length: count }, () => new Worker(script, { workerData: { range, data } }));
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.on('message', (items: number) => {
              done += items;
              onProgress?.(done, total);
            });
            worker.on('error', reject);
            worker.on('exit', (code) => {
              if (code === 0) resolve();
              else reject(new Error(`internal: worker ended with code ${code}`));
            });
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  invariant(done === total, `workers finished ${done} of ${total} items`);
}

/** Body of a worker script: prepares once, then handles items from..to−1 of one batch after another. */
export function serveBatches<Data>(prepare: (data: Data) => (from: number, to: number) => void): void {
  invariant(parentPort !== null, 'serveBatches runs in a worker thread');
  const { range, data } = workerData as { readonly range: Range; readonly data: Data };
  const { counter, total, batch } = range;
  const handle = prepare(data);
  for (;;) {
    const from = Atomics.add(counter, 0, batch);
    if (from >= total) return;
    const to = Math.min(total, from + batch);
    handle(from, to);
    parentPort.postMessage(to - from);
  }
}

/** Typed arrays in shared memory. */
export function sharedInt32(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

export function sharedFloat32(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}

export function sharedFloat64(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}
