/**
 * Max pooling whose gradient is scattered to the first maximum of each window in plain typed arrays: the wasm backend's
 * MaxPoolGrad takes three times as long. Padded elements never win.
 */
import type { Sliding } from '../../graph/types.js';
import type { Engine, Tensor, Tensor4D, Tfjs } from './engine.js';
import { tfPadding } from './tfjs-ops.js';

/** Sizes of one pooling operation, NHWC. */
export interface PoolGeometry {
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly output: readonly [height: number, width: number];
  readonly spec: Sliding;
}

/** dx[argmax of window] += dy, for every output pixel and channel. */
function scatterPoolGradient(x: Float32Array, dy: Float32Array, geometry: PoolGeometry): Float32Array {
  const [batch, height, width, channels] = geometry.input;
  const [outHeight, outWidth] = geometry.output;
  const [kh, kw] = geometry.spec.kernel;
  const [sv, sh] = geometry.spec.stride;
  const [top, left] = geometry.spec.padding;
  const dx = new Float32Array(x.length);
  for (let b = 0, out = 0; b < batch; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = Math.max(0, oy * sv - top);
      const y1 = Math.min(height, oy * sv - top + kh);
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = Math.max(0, ox * sh - left);
        const x1 = Math.min(width, ox * sh - left + kw);
        for (let c = 0; c < channels; c++, out++) {
          let best = -1;
          let bestValue = -Infinity;
          for (let iy = y0; iy < y1; iy++) {
            for (let ix = x0, at = ((b * height + iy) * width + x0) * channels + c; ix < x1; ix++, at += channels) {
              const value = x[at]!;
              if (value > bestValue) {
                bestValue = value;
                best = at;
              }
            }
          }
          if (best >= 0) dx[best]! += dy[out]!;
        }
      }
    }
  }
  return dx;
}

/** A differentiable max pooling for `Engine.maxPool`; `read` gives a tensor's values. */
export function maxPoolWithScatterGradient(tf: Tfjs, read: (x: Tensor) => Float32Array): Engine['maxPool'] {
  return (x, spec) => {
    const op = tf.customGrad((...args) => {
      const [input, save] = args as unknown as [Tensor4D, (tensors: Tensor[]) => void];
      const value = tf.maxPool(input, [...spec.kernel], [...spec.stride], tfPadding(spec.padding));
      save([input]);
      return {
        value,
        gradFunc: (dy: Tensor4D, saved: Tensor[]) => {
          const geometry = { input: input.shape, output: [value.shape[1], value.shape[2]] as const, spec };
          return tf.tensor4d(scatterPoolGradient(read(saved[0]!), read(dy), geometry), input.shape);
        },
      };
    });
    return op(x);
  };
}
