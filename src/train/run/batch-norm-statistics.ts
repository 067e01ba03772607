/**
 * Re-estimating the statistics of batch norms. The moving averages follow the weights of the last steps; while signs of
 * binary codes still turn they are those of other weights than the network ends with. Here mean and variance of every
 * batch norm are taken anew, with the weights as they are, over images as training sees them ("precise batch norm", Wu
 * and Johnson, Rethinking "Batch" in BatchNorm, 2021).
 */
import { invariant } from '../../base/errors.js';
import type { Batch } from '../../data/dataset.js';
import type { Engine, Tensor1D } from '../engine/engine.js';
import type { NetworkSpec } from '../networks/network.js';
import { fusedPlan } from '../networks/plan.js';
import { refreshWeights, type BatchNormParameters, type LayerParameters } from '../weights/parameters.js';
import { layerTensors, logits } from './forward.js';

/** Sums over batches of one size, per channel: of the means, and of the variances and squared means. */
interface Sums {
  readonly mean: Float64Array;
  readonly square: Float64Array;
}

/** Writes the moments over all batches, which have one size, into the batch norms. */
export async function reestimateBatchNorms(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  batches: AsyncIterable<Batch>,
): Promise<void> {
  const { tf } = engine;
  const { height, width, channels } = network.input;
  const plan = fusedPlan(network);
  const sums = new Map<string, Sums>();
  let count = 0;
  const add = (name: string, mean: Tensor1D, variance: Tensor1D): void => {
    const known = sums.get(name) ?? { mean: new Float64Array(mean.size), square: new Float64Array(mean.size) };
    sums.set(name, known);
    const means = engine.read(mean).slice();
    engine.read(variance).forEach((v, c) => {
      known.mean[c]! += means[c]!;
      known.square[c]! += v + means[c]! ** 2;
    });
  };
  refreshWeights(engine.arrays, layers.values(), 1);
  for await (const { pixels, labels } of batches) {
    count++;
    tf.tidy(() => {
      const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer, 'training')]));
      const batch = tf.tensor4d(pixels, [labels.length, height, width, channels]);
      logits(engine, plan, tensors, batch, { moments: add });
    });
  }
  for (const [name, { mean, square }] of sums) writeMoments(layers.get(name)!.batchNorm, mean, square, count);
}

function writeMoments(
  norm: BatchNormParameters | null,
  mean: Float64Array,
  square: Float64Array,
  batches: number,
): void {
  invariant(norm !== null && batches > 0, 'moments of a batch norm');
  mean.forEach((sum, c) => {
    norm.mean[c] = sum / batches;
    norm.variance[c] = square[c]! / batches - (sum / batches) ** 2;
  });
}
