/** Accuracy and activation ranges of the network as it would be exported: binary codes, no training-only parts. */
import type { Dataset, Split } from '../data/dataset.js';
import { gatherBatch } from '../data/dataset.js';
import type { ActivationRange } from '../model/types.js';
import type { Engine, Tensor, Tensor2D, Tensor4D } from './engine.js';
import { layerTensors, logits, type LayerTensors } from './forward.js';
import type { NetworkSpec } from './network.js';
import { refreshWeights, type LayerParameters } from './parameters.js';
import { fusedPlan, plainPlan } from './plan.js';

const BATCH = 100;

/** Runs a split through the network, batch by batch. */
function runSplit(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  dataset: Dataset,
  split: Split,
  visit: (tensors: ReadonlyMap<string, LayerTensors>, batch: Tensor4D, labels: Uint8Array) => void,
): void {
  const { tf } = engine;
  const { height, width, channels } = network.input;
  refreshWeights(engine.arrays, layers.values(), 1);
  tf.tidy(() => {
    const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer, 'evaluation')]));
    for (let start = 0; start < split.count; start += BATCH) {
      const count = Math.min(BATCH, split.count - start);
      const indices = Uint32Array.from({ length: count }, (_, i) => start + i);
      const { pixels, labels } = gatherBatch(dataset, split, indices);
      tf.tidy(() => {
        visit(tensors, tf.tensor4d(pixels, [count, height, width, channels]), labels);
      });
    }
  });
}

/** Index of the largest of `count` values from `start`; the lowest index wins. */
function argMax(values: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i]! > values[start + best]!) best = i;
  return best;
}

/** Fraction of a split's images that the network classifies correctly. */
export function accuracy(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  dataset: Dataset,
  split: Split,
): number {
  let correct = 0;
  const plan = fusedPlan(network);
  runSplit(engine, network, layers, dataset, split, (tensors, batch, labels) => {
    const outputs: Tensor2D = logits(engine, plan, tensors, batch);
    const classes = outputs.shape[1];
    const values = engine.read(outputs);
    labels.forEach((label, i) => {
      if (argMax(values, i * classes, classes) === label) correct++;
    });
  });
  return correct / split.count;
}

/** Smallest and largest output of every layer over a split. */
export function activationRanges(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  dataset: Dataset,
  split: Split,
): Map<string, ActivationRange> {
  const ranges = new Map<string, ActivationRange>();
  const plan = plainPlan(network);
  const output = (name: string, value: Tensor): void => {
    const known = ranges.get(name) ?? { min: Infinity, max: -Infinity };
    let { min, max } = known;
    for (const v of engine.read(value)) {
      if (v < min) min = v;
      if (v > max) max = v;
    }
    ranges.set(name, { min, max });
  };
  runSplit(engine, network, layers, dataset, split, (tensors, batch) => {
    logits(engine, plan, tensors, batch, { output });
  });
  return ranges;
}
