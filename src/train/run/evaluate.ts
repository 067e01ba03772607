/** Accuracy and activation ranges of the network as it would be exported: binary codes, no training-only parts. */
import { inOrder, type BatchSource } from '../../data/source.js';
import type { ActivationRange } from '../../model/types.js';
import { RangeObserver } from '../activations/ranges.js';
import type { Engine, Tensor, Tensor2D, Tensor4D } from '../engine/engine.js';
import { layerTensors, logits, type LayerTensors } from './forward.js';
import type { NetworkSpec } from '../networks/network.js';
import { refreshWeights, type LayerParameters } from '../weights/parameters.js';
import { fusedPlan, plainPlan } from '../networks/plan.js';

const BATCH = 100;
/** Numbers of a batch of large images: activations take memory. */
const MOST_INPUTS = 2 ** 22;

/** The first `count` images of a split. */
export interface Images {
  readonly source: BatchSource;
  readonly count: number;
}

/** Runs images through the network, batch by batch. */
export async function runImages(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  { source, count }: Images,
  visit: (tensors: ReadonlyMap<string, LayerTensors>, batch: Tensor4D, labels: Int32Array) => void,
): Promise<void> {
  const { tf } = engine;
  const { height, width, channels } = network.input;
  const batch = Math.max(1, Math.min(BATCH, Math.floor(MOST_INPUTS / (height * width * channels))));
  refreshWeights(engine.arrays, layers.values(), 1);
  // A scope instead of `tidy`, which cannot wait.
  tf.engine().startScope();
  try {
    const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer, 'evaluation')]));
    for await (const { pixels, labels } of source.batches(inOrder(count, batch))) {
      tf.tidy(() => {
        visit(tensors, tf.tensor4d(pixels, [labels.length, height, width, channels]), labels);
      });
      // A turn of the event loop: interrupts of the caller get their chance.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    tf.engine().endScope();
  }
}

/** Index of the largest of `count` values from `start`; the lowest index wins. */
function argMax(values: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i]! > values[start + best]!) best = i;
  return best;
}

/** Fraction of the images that the network classifies correctly. */
export async function accuracy(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  images: Images,
): Promise<number> {
  let correct = 0;
  const plan = fusedPlan(network);
  await runImages(engine, network, layers, images, (tensors, batch, labels) => {
    const outputs: Tensor2D = logits(engine, plan, tensors, batch);
    const classes = outputs.shape[1];
    const values = engine.read(outputs);
    labels.forEach((label, i) => {
      if (argMax(values, i * classes, classes) === label) correct++;
    });
  });
  return correct / images.count;
}

/** Smallest and largest output of every layer over the images. */
export async function activationRanges(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  images: Images,
): Promise<Map<string, ActivationRange>> {
  const observer = new RangeObserver();
  const plan = plainPlan(network);
  const output = (name: string, value: Tensor): void => observer.see(name, engine.read(value));
  await runImages(engine, network, layers, images, (tensors, batch) => {
    logits(engine, plan, tensors, batch, { output });
  });
  return observer.ranges;
}
