/** Operations of an engine as tfjs has and differentiates them; an engine replaces those that its backend does badly. */
import { PLAIN_KERNELS } from './array-kernels.js';
import type { Engine, EngineName, Tfjs, WindowSpec } from './engine.js';

/** tfjs spells explicit padding per dimension; all zeros is 'valid', which every kernel accepts. */
export function tfPadding(
  padding: WindowSpec['padding'],
): 'valid' | [[0, 0], [number, number], [number, number], [0, 0]] {
  const [top, left, bottom, right] = padding;
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return 'valid';
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

export function tfjsOps(name: EngineName, tf: Tfjs): Engine {
  return {
    name,
    identity: name,
    tf,
    conv2d: (x, filter, spec) => tf.conv2d(x, filter, [...spec.stride], tfPadding(spec.padding)),
    dense: (x, weights) => tf.matMul(x, weights),
    maxPool: (x, spec) => tf.maxPool(x, [...spec.kernel], [...spec.stride], tfPadding(spec.padding)),
    scale: (x, factor) => tf.mul(x, factor),
    addBias: (x, bias) => tf.add(x, bias),
    relu: (x) => tf.relu(x),
    crossEntropy: (logits, labels) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1]), logits),
    read: (x) => x.dataSync<'float32'>(),
    arrays: PLAIN_KERNELS,
  };
}
