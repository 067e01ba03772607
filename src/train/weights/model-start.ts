/** First values of a run on the network of a model: that model's weights, of any encoding, and its batch norms. */
import { invariant } from '../../base/errors.js';
import { isWeighted } from '../../graph/order.js';
import { windowSize } from '../../graph/shapes.js';
import type { BatchNorm, FlexorModel } from '../../model/types.js';
import { realWeights } from '../../model/weight-values.js';
import { tensorShapes, type NetworkSpec } from '../networks/network.js';
import { EPSILON } from './parameters.js';
import type { StartingLayer } from './start.js';

/** By the names of the layers; `network` is that of the model (networks/of-model.ts). Layers of `keep` keep their weights. */
export function modelStart(
  { nodes }: FlexorModel,
  network: NetworkSpec,
  keep: readonly string[] = [],
): Map<string, StartingLayer> {
  const shapes = tensorShapes(network);
  return new Map(
    network.layers.filter(isWeighted).map((layer): [string, StartingLayer] => {
      const node = nodes.find(({ name }) => name === layer.name);
      invariant(node !== undefined && isWeighted(node), `layer ${layer.name} of the model`);
      const { weights, bias, batchNorm, outChannels } = node;
      const count = windowSize(layer, shapes.get(layer.input)!) * outChannels;
      return [
        layer.name,
        {
          values: realWeights(weights, count, outChannels),
          ...(keep.includes(layer.name) ? { kept: weights } : {}),
          bias,
          batchNorm: batchNorm === null ? null : withOurEpsilon(batchNorm),
        },
      ];
    }),
  );
}

/** The same function with variance 1 and the ε of training. */
function withOurEpsilon({ gamma, beta, mean, variance, epsilon }: BatchNorm): BatchNorm {
  return {
    gamma: gamma.map((g, c) => (g / Math.sqrt(variance[c]! + epsilon)) * Math.sqrt(1 + EPSILON)),
    beta,
    mean,
    variance: new Float32Array(variance.length).fill(1),
    epsilon: EPSILON,
  };
}
