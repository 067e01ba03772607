/** Operations of an engine whose backend has usable gradient kernels of its own: tfjs differentiates them. */
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

export function nativeOps(name: EngineName, tf: Tfjs): Engine {
  return {
    name,
    tf,
    conv2d: (x, filter, spec) => tf.conv2d(x, filter, [...spec.stride], tfPadding(spec.padding)),
    dense: (x, weights) => tf.matMul(x, weights),
    maxPool: (x, spec) => tf.maxPool(x, [...spec.kernel], [...spec.stride], tfPadding(spec.padding)),
    read: (x) => x.dataSync<'float32'>(),
  };
}
