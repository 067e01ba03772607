/** A model of the same hardware with other weights: encrypted bits, α, batch norm and biases drawn anew. */
import { Random } from '../../src/base/random.js';
import type { FlexorModel, ModelNode, WeightedNode } from '../../src/model/types.js';

export function reweighted(model: FlexorModel, seed: number): FlexorModel {
  const random = Random.derive(seed, 'reweighted');
  return { ...model, name: `${model.name}-${seed}`, nodes: model.nodes.map((node) => redrawn(node, random)) };
}

function redrawn(node: ModelNode, random: Random): ModelNode {
  if (node.kind !== 'conv' && node.kind !== 'dense') return node;
  const scaled = (values: Float32Array): Float32Array => values.map((value) => value * (0.7 + 0.6 * random.float()));
  return {
    ...node,
    weights: redrawnWeights(node.weights, random),
    bias: node.bias && scaled(node.bias),
    batchNorm: node.batchNorm && {
      ...node.batchNorm,
      gamma: scaled(node.batchNorm.gamma),
      beta: scaled(node.batchNorm.beta),
    },
    range: { min: node.range.min * 1.1, max: node.range.max * 1.1 },
  };
}

function redrawnWeights(weights: WeightedNode['weights'], random: Random): WeightedNode['weights'] {
  if (weights.encoding === 'float')
    return { ...weights, values: weights.values.map((value) => value * (random.below(2) === 0 ? 1 : -1)) };
  if (weights.encoding === 'int') return weights;
  const planes = weights.planes.map((plane) => ({
    ...plane,
    // The last byte stays: what it has behind the last bit must be 0.
    encrypted: plane.encrypted.map((byte, i, { length }) => (i === length - 1 ? byte : random.below(256))),
    alpha: plane.alpha.map((alpha) => alpha * (0.7 + 0.6 * random.float())),
  }));
  return { ...weights, planes };
}
