/**
 * Operations on every element by itself, in plain typed arrays: quantisers of activations with the clipped straight-through
 * gradient (Hubara et al., Binarized Neural Networks, 2016) or with a step that is learnt (Esser et al., Learned Step Size
 * Quantization, ICLR 2020), and clamps.
 */
import { StepFunction, quantiserLimits } from '../../model/quantiser.js';
import type { Quantiser } from '../../model/types.js';
import type { Engine, Tensor, Tensor1D, Tfjs } from './engine.js';

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

interface Limits {
  readonly low: number;
  readonly high: number;
}

/**
 * clamp(round(x / step), low, high), ties to even. Exact for float32 numbers: (n ± ½)·step is no longer than a double, so a
 * comparison decides where the quotient's rounding might not.
 */
export function nearestStep(x: number, step: number, { low, high }: Limits): number {
  const position = x / step;
  if (position >= high + 1) return high;
  if (position <= low - 1) return low;
  let n = Math.round(position);
  const isOdd = n % 2 !== 0;
  const [below, above] = [(n - 0.5) * step, (n + 0.5) * step];
  if (x < below || (x === below && isOdd)) n--;
  else if (x > above || (x === above && isOdd)) n++;
  // + 0: no negative zero.
  return Math.max(low, Math.min(high, n)) + 0;
}

/** What the gradient of a learnt step is divided by for an image of so many elements (LSQ, section 2.2), as a factor. */
export function stepGradientScale(elements: number, { high }: Limits): number {
  return 1 / Math.sqrt(Math.max(1, high) * elements);
}

/** A quantiser with a learnt step (`Engine.quantiseLearned`). */
function learned(tf: Tfjs, read: (x: Tensor) => Float32Array, x: Tensor, step: Tensor1D, limits: Limits): Tensor {
  const factor = stepGradientScale(x.size / x.shape[0]!, limits);
  const differentiable = tf.customGrad((...args) => {
    const [input, scale, save] = args as unknown as [Tensor, Tensor1D, (tensors: Tensor[]) => void];
    save([input, scale]);
    const s = read(scale)[0]!;
    return {
      value: tf.tensor(
        read(input).map((v) => nearestStep(v, s, limits) * s),
        [...input.shape],
        'float32',
      ),
      gradFunc: (dy: Tensor, [values, steps]: Tensor[]) => {
        const [given, width] = [read(values!), read(steps!)[0]!];
        let sum = 0;
        const passed = read(dy).map((g, i) => {
          const position = given[i]! / width;
          const inside = position > limits.low && position < limits.high;
          sum += g * (nearestStep(given[i]!, width, limits) - (inside ? position : 0));
          return inside ? g : 0;
        });
        return [tf.tensor(passed, [...input.shape], 'float32'), tf.tensor1d([factor * sum])];
      },
    };
  });
  return differentiable(x, step);
}

/** The operations of an engine whose tensors `read` gives as arrays. */
export function elementwiseOps(
  tf: Tfjs,
  read: (x: Tensor) => Float32Array,
): Pick<Engine, 'quantise' | 'quantiseLearned' | 'clamp'> {
  return {
    quantise: (x, quantiser) => straightThrough(tf, read, x, rounding(quantiser), passage(quantiser)),
    quantiseLearned: (x, step, limits) => learned(tf, read, x, step, limits),
    clamp: (x, low, high) => {
      const limits = [low ?? -Infinity, high ?? Infinity] as const;
      return straightThrough(tf, read, x, (value) => Math.max(limits[0], Math.min(limits[1], value)), limits);
    },
  };
}
