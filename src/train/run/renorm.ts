/**
 * Batch norms of a model that was not trained here. Training normalises by the moments of a batch, whatever mean and variance
 * a file states; an imported batch norm may state anything, as it may be a scale and an offset in other words. Here each is
 * rewritten for the moments that images have, so that the network computes the same in evaluation as before, and much the
 * same when training begins.
 */
import type { BatchNorm } from '../../model/types.js';
import type { Engine } from '../engine/engine.js';
import type { NetworkSpec } from '../networks/network.js';
import { fusedPlan } from '../networks/plan.js';
import { EPSILON, type LayerParameters } from '../weights/parameters.js';
import type { StartingLayer } from '../weights/start.js';
import { runImages, type Images } from './evaluate.js';
import { logits } from './forward.js';

/** Sums of what came out of a batch norm, per channel. */
interface Sums {
  count: number;
  readonly sum: Float64Array;
  readonly square: Float64Array;
}

/** What each layer starts with, its batch norm rewritten; `layers` are the same numbers as the engine takes them. */
export async function renormalised(
  engine: Engine,
  network: NetworkSpec,
  start: ReadonlyMap<string, StartingLayer>,
  layers: ReadonlyMap<string, LayerParameters>,
  images: Images,
): Promise<Map<string, StartingLayer>> {
  const plan = fusedPlan(network);
  const seen = new Map<string, Sums>();
  await runImages(engine, network, layers, images, (tensors, batch) => {
    logits(engine, plan, tensors, batch, { normed: (name, value) => add(seen, name, engine.read(value), start) });
  });
  return new Map(
    [...start].map(([name, layer]) => {
      const sums = seen.get(name);
      if (layer.batchNorm === null || sums === undefined) return [name, layer];
      return [name, { ...layer, batchNorm: rewritten(layer.batchNorm, sums) }];
    }),
  );
}

function add(
  seen: Map<string, Sums>,
  name: string,
  values: Float32Array,
  start: ReadonlyMap<string, StartingLayer>,
): void {
  const channels = start.get(name)!.batchNorm!.gamma.length;
  const sums = seen.get(name) ?? {
    count: 0,
    sum: new Float64Array(channels),
    square: new Float64Array(channels),
  };
  seen.set(name, sums);
  sums.count += values.length / channels;
  for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === channels ? 0 : c + 1) {
    sums.sum[c]! += values[i]!;
    sums.square[c]! += values[i]! ** 2;
  }
}

/** The batch norm that has the moments of its input as mean and variance, and gives the same. */
function rewritten({ gamma, beta, mean, variance }: BatchNorm, { count, sum, square }: Sums): BatchNorm {
  const factor = (c: number): number => gamma[c]! / Math.sqrt(variance[c]! + EPSILON);
  const outMean = sum.map((each) => each / count);
  const inVariance = outMean.map((m, c) =>
    factor(c) === 0 ? 1 : Math.max(0, square[c]! / count - m ** 2) / factor(c) ** 2,
  );
  return {
    gamma: gamma.map((_, c) => factor(c) * Math.sqrt(inVariance[c]! + EPSILON)),
    beta: Float32Array.from(outMean),
    mean: mean.map((m, c) => (factor(c) === 0 ? m : (outMean[c]! - beta[c]!) / factor(c) + m)),
    variance: Float32Array.from(inVariance),
    epsilon: EPSILON,
  };
}
