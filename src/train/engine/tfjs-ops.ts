/** Operations of an engine as tfjs has and differentiates them; an engine replaces those that its backend does badly. */
import type { Padding } from '../../graph/types.js';
import { PLAIN_KERNELS } from '../weights/array-kernels.js';
import { withArrayConv } from './array-conv.js';
import { arrayOps } from './array-ops.js';
import { elementwiseOps } from './elementwise.js';
import type { Engine, EngineName, Tensor, Tensor1D, Tfjs } from './engine.js';

/** tfjs spells explicit padding per dimension; all zeros is 'valid', which every kernel accepts. */
export function tfPadding(padding: Padding): 'valid' | [[0, 0], [number, number], [number, number], [0, 0]] {
  const [top, left, bottom, right] = padding;
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return 'valid';
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** Batch normalisation in single operations; tfjs' own takes the moments as constants. */
function tfjsBatchNorm(tf: Tfjs): Engine['batchNorm'] {
  return (x, gamma, beta, residual, { epsilon, relu }) => {
    const axes = x.shape.slice(1).map((_, i) => i);
    const { mean, variance } = tf.moments(x, axes);
    const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
    const shifted = tf.add(tf.mul(normal, gamma), beta);
    const sum = residual === null ? shifted : tf.add(shifted, residual);
    return { y: relu ? tf.relu(sum) : sum, mean: mean as Tensor1D, variance: variance as Tensor1D };
  };
}

/** `read` gives a tensor's values, without a copy where the backend allows it. */
export function tfjsOps(
  name: EngineName,
  tf: Tfjs,
  read = (x: Tensor): Float32Array => x.dataSync<'float32'>(),
): Engine {
  return {
    name,
    identity: name,
    tf,
    conv2d: withArrayConv(tf, read, (x, filter, { stride, padding }) =>
      tf.conv2d(x, filter, [...stride], tfPadding(padding)),
    ),
    dense: (x, weights) => tf.matMul(x, weights),
    maxPool: (x, spec) => tf.maxPool(x, [...spec.kernel], [...spec.stride], tfPadding(spec.padding)),
    ...arrayOps(tf, read),
    ...elementwiseOps(tf, read),
    scale: (x, factor) => tf.mul(x, factor),
    addBias: (x, bias) => tf.add(x, bias),
    batchNorm: tfjsBatchNorm(tf),
    relu: (x) => tf.relu(x),
    read,
    arrays: PLAIN_KERNELS,
  };
}
