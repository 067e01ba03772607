/**
 * Convolution and dense layers whose gradients use forward operations only.
 *
 * With y[b,o,c] = Σ_{k,i} x[b, o·s + k − p, i]·w[k,i,c] (one spatial dimension written out):
 *   ∂L/∂x[b,n,i] = Σ_{k,c} dy[b, (n + p − k)/s, c]·w[k,i,c]: a convolution of dy, spread by the stride, with the filter
 *     flipped in space and its channels exchanged, padding k − 1 − p in front;
 *   ∂L/∂w[k,i,c] = Σ_{b,o} x[b, o·s + k − p, i]·dy[b,o,c]: a convolution over x with batch and channels exchanged, whose
 *     filter is dy (its taps s apart) and whose "channels" are the images of the batch.
 */
import { invariant } from '../../base/errors.js';
import type { Sliding } from '../../graph/types.js';
import type { Engine, Tensor, Tensor2D, Tensor4D, Tfjs } from './engine.js';
import { tfPadding } from './tfjs-ops.js';

type GradFunction<T extends Tensor> = { value: T; gradFunc: (dy: T, saved: Tensor[]) => Tensor[] };

/** Puts s − 1 zeros between neighbouring pixels. */
function spread(tf: Tfjs, x: Tensor4D, stride: readonly [number, number]): Tensor4D {
  const [sv, sh] = stride;
  if (sv === 1 && sh === 1) return x;
  const [b, h, w, c] = x.shape;
  const wide = tf.pad(tf.reshape(x, [b * h, 1, w, 1, c]), [
    [0, 0],
    [0, sv - 1],
    [0, 0],
    [0, sh - 1],
    [0, 0],
  ]);
  return tf.slice(
    tf.reshape(wide, [b, h * sv, w * sh, c]) as Tensor4D,
    [0, 0, 0, 0],
    [b, (h - 1) * sv + 1, (w - 1) * sh + 1, c],
  );
}

/** ∂L/∂x of a convolution. */
function convInputGradient(
  tf: Tfjs,
  dy: Tensor4D,
  filter: Tensor4D,
  spec: Sliding,
  shape: Tensor4D['shape'],
): Tensor4D {
  const [kh, kw] = spec.kernel;
  const [top, left] = spec.padding;
  const spreadDy = spread(tf, dy, spec.stride);
  const padding = [
    kh - 1 - top,
    kw - 1 - left,
    shape[1] - spreadDy.shape[1] + top,
    shape[2] - spreadDy.shape[2] + left,
  ] as const;
  invariant(
    padding.every((p) => p >= 0),
    `convolution gradient with padding ${spec.padding} of a ${kh}×${kw} kernel`,
  );
  const flipped = tf.reverse(tf.transpose(filter, [0, 1, 3, 2]), [0, 1]);
  return tf.conv2d(spreadDy, flipped, 1, tfPadding(padding));
}

/** ∂L/∂w of a convolution. */
function convFilterGradient(tf: Tfjs, dy: Tensor4D, x: Tensor4D, spec: Sliding): Tensor4D {
  const [kh, kw] = spec.kernel;
  const [top, left] = spec.padding;
  const [, h, w, channels] = x.shape;
  const [, outHeight, outWidth, outChannels] = dy.shape;
  const [sv, sh] = spec.stride;
  // Rows below the last window may be unused: then there is nothing to pad and the surplus outputs are cut off.
  const bottom = Math.max(0, kh + (outHeight - 1) * sv - h - top);
  const right = Math.max(0, kw + (outWidth - 1) * sh - w - left);
  const images = tf.transpose(x, [3, 1, 2, 0]);
  const taps = tf.transpose(dy, [1, 2, 0, 3]);
  const all = tf.conv2d(images, taps, 1, tfPadding([top, left, bottom, right]), 'NHWC', [sv, sh]);
  const cut =
    all.shape[1] === kh && all.shape[2] === kw ? all : tf.slice(all, [0, 0, 0, 0], [channels, kh, kw, outChannels]);
  return tf.transpose(cut, [1, 2, 0, 3]);
}

/** A differentiable convolution for `Engine.conv2d`. */
export function convWithForwardGradients(tf: Tfjs): Engine['conv2d'] {
  return (x, filter, spec, constantInput = false) => {
    const value = (a: Tensor4D, f: Tensor4D): Tensor4D => tf.conv2d(a, f, [...spec.stride], tfPadding(spec.padding));
    if (constantInput) {
      // x is closed over instead of being an input of the operation, so its gradient is never computed.
      const op = tf.customGrad((...args): GradFunction<Tensor4D> => {
        const [f, save] = args as unknown as [Tensor4D, (tensors: Tensor[]) => void];
        save([x]);
        return {
          value: value(x, f),
          gradFunc: (dy, saved) => [convFilterGradient(tf, dy, saved[0] as Tensor4D, spec)],
        };
      });
      return op(filter);
    }
    const op = tf.customGrad((...args): GradFunction<Tensor4D> => {
      const [a, f, save] = args as unknown as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
      save([a, f]);
      return {
        value: value(a, f),
        gradFunc: (dy, saved) => [
          convInputGradient(tf, dy, saved[1] as Tensor4D, spec, (saved[0] as Tensor4D).shape),
          convFilterGradient(tf, dy, saved[0] as Tensor4D, spec),
        ],
      };
    });
    return op(x, filter);
  };
}

/** A differentiable matrix product for `Engine.dense`; the large matrix is never transposed. */
export function denseWithForwardGradients(tf: Tfjs): (x: Tensor2D, weights: Tensor2D) => Tensor2D {
  const op = tf.customGrad((...args): GradFunction<Tensor2D> => {
    const [a, w, save] = args as unknown as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
    save([a, w]);
    return {
      value: tf.matMul(a, w),
      gradFunc: (dy, saved) => [
        // dX = dY·Wᵀ = (W·dYᵀ)ᵀ
        tf.transpose(tf.matMul(saved[1] as Tensor2D, tf.transpose(dy))),
        tf.matMul(tf.transpose(saved[0] as Tensor2D), dy),
      ],
    };
  });
  return (x, weights) => op(x, weights);
}
