/**
 * Operations on every element by itself, in plain typed arrays: quantisers of activations with the clipped straight-through
 * gradient (Hubara et al., Binarized Neural Networks, 2016), and clamps.
 */
import { StepFunction, quantiserLimits } from '../../model/quantiser.js';
import type { Quantiser } from '../../model/types.js';
import type { Engine, Tensor, Tfjs } from './engine.js';

/** Below this distance from a step, in steps, doubles do not decide on which side a value lies. */
const NEAR = 1e-6;

/** A quantiser as a function: quick where x lies far from every step, exact next to one. */
export function rounding(quantiser: Quantiser): (x: number) => number {
  const { scale } = quantiser;
  if (quantiser.kind === 'bipolar') return (x) => (x >= 0 ? scale : -scale);
  const { low, high } = quantiserLimits(quantiser);
  const steps = new StepFunction(quantiser);
  const toNearest = quantiser.rounding.startsWith('half');
  const exact = (x: number): number => steps.integer(x) * scale;
  return (x) => {
    const position = x / scale;
    // Away from their steps all ways of rounding to the nearest agree.
    const offset = Math.abs(position - Math.floor(position) - 0.5);
    if (!toNearest || offset < NEAR) return exact(x);
    // + 0: no negative zero.
    return (Math.max(low, Math.min(high, Math.round(position))) + 0) * scale;
  };
}

/** From where to where the gradient passes. */
function passage(quantiser: Quantiser): readonly [number, number] {
  const { scale } = quantiser;
  if (quantiser.kind === 'bipolar') return [-scale, scale];
  const { low, high } = quantiserLimits(quantiser);
  return [(low - 0.5) * scale, (high + 0.5) * scale];
}

/** A function of every element whose gradient is 1 from `low` to `high` and 0 elsewhere. */
function straightThrough(
  tf: Tfjs,
  read: (x: Tensor) => Float32Array,
  x: Tensor,
  of: (value: number) => number,
  [low, high]: readonly [number, number],
): Tensor {
  const differentiable = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
    save([input]);
    return {
      value: tf.tensor(read(input).map(of), [...input.shape], 'float32'),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const values = read(saved[0]!);
        const passed = read(dy).map((g, i) => (values[i]! >= low && values[i]! <= high ? g : 0));
        return tf.tensor(passed, [...input.shape], 'float32');
      },
    };
  });
  return differentiable(x);
}

/** The operations of an engine whose tensors `read` gives as arrays. */
export function elementwiseOps(tf: Tfjs, read: (x: Tensor) => Float32Array): Pick<Engine, 'quantise' | 'clamp'> {
  return {
    quantise: (x, quantiser) => straightThrough(tf, read, x, rounding(quantiser), passage(quantiser)),
    clamp: (x, low, high) => {
      const limits = [low ?? -Infinity, high ?? Infinity] as const;
      return straightThrough(tf, read, x, (value) => Math.max(limits[0], Math.min(limits[1], value)), limits);
    },
  };
}
