/** Simulates many images on several threads. */
import { invariant } from '../base/errors.js';
import { runBatches, sharedFloat64, sharedInt32, workerScript } from '../base/worker-pool.js';
import { isWeighted } from '../graph/order.js';
import { elementCount } from '../graph/shapes.js';
import type { IntNetwork } from '../fixed/types.js';
import { argmax } from './reference.js';

export interface SimulationBatch {
  /** images × classes, exact integers. */
  readonly logits: Float64Array;
  /** Class of every image. */
  readonly classes: Int32Array;
}

export interface SimulateOptions {
  readonly workers: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What a worker gets (worker.ts). */
export interface SimulateTask {
  readonly network: IntNetwork;
  /** images × elements of the input. */
  readonly images: Int32Array;
  readonly logits: Float64Array;
}

/** Items that a worker takes at once: large enough that counting does not show, small enough for a live progress bar. */
const BATCH = 16;

/** Logits and class of every image, in the order of the images, whatever the number of workers. */
export async function simulateImages(
  network: IntNetwork,
  images: readonly Int32Array[],
  options: SimulateOptions,
): Promise<SimulationBatch> {
  const size = elementCount(network.input.shape);
  const count = images.length;
  const classes = network.classes.length;
  const shared = sharedInt32(count * size);
  for (const [i, image] of images.entries()) {
    invariant(image.length === size, `an image has ${size} elements, got ${image.length}`);
    shared.set(image, i * size);
  }
  const logits = sharedFloat64(count * classes);
  const data: SimulateTask = { network: codesOnly(network), images: shared, logits };
  const script = workerScript('simulate');
  if (count > 0) await runBatches({ script, data, total: count, batch: BATCH, ...options });
  const winners = Int32Array.from({ length: count }, (_, i) => argmax(logits.subarray(i * classes, (i + 1) * classes)));
  return { logits, classes: winners };
}

/** The simulator reads only codes; what it does not read need not be copied to every thread. */
export function codesOnly(network: IntNetwork): IntNetwork {
  const none = new Uint8Array(0);
  const nodes = network.nodes.map((node) =>
    isWeighted(node)
      ? { ...node, planes: node.planes.map((plane) => ({ ...plane, matrix: none, encrypted: none })) }
      : node,
  );
  return { ...network, nodes };
}
