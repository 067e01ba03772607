/**
 * Operations in plain typed arrays, forward and backward: average pooling and the option-A shortcut, which tfjs has on
 * some backends only, and softmax cross-entropy, which is too little work for a kernel of each engine.
 */
import type { Sliding } from '../../graph/types.js';
import { slidingOutput } from '../../graph/window.js';
import type { Engine, Tensor, Tensor2D, Tensor4D, Tfjs } from './engine.js';

type Shape4D = Tensor4D['shape'];

/** A linear operation and its transpose, which is its gradient; both write into zeros. */
interface LinearOp {
  readonly outputShape: Shape4D;
  forward(x: Float32Array, y: Float32Array): void;
  backward(dy: Float32Array, dx: Float32Array): void;
}

function apply(tf: Tfjs, read: (x: Tensor) => Float32Array, x: Tensor4D, op: LinearOp): Tensor4D {
  const output = (shape: Shape4D, fill: (values: Float32Array) => void): Tensor4D => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    fill(values);
    return tf.tensor4d(values, shape);
  };
  const differentiable = tf.customGrad((...args) => {
    const [input] = args as unknown as [Tensor4D];
    return {
      value: output(op.outputShape, (y) => op.forward(read(input), y)),
      gradFunc: (dy: Tensor4D) => output(x.shape, (dx) => op.backward(read(dy), dx)),
    };
  });
  return differentiable(x) as Tensor4D;
}

/** Shape of what pooling makes of a tensor. */
export function pooledShape([batch, height, width, channels]: Shape4D, spec: Sliding): Shape4D {
  const output = slidingOutput({ height, width }, spec);
  return [batch, output.height, output.width, channels];
}

/** Shape of what the option-A shortcut makes of a tensor. */
export function subsampledShape(
  [batch, height, width, channels]: Shape4D,
  stride: readonly [number, number],
  [before, after]: readonly [number, number],
): Shape4D {
  return [batch, Math.ceil(height / stride[0]), Math.ceil(width / stride[1]), before + channels + after];
}

function averagePool(shape: Shape4D, spec: Sliding): LinearOp {
  const [batch, height, width, channels] = shape;
  const { kernel, stride, padding } = spec;
  const [top, left] = padding;
  const outputShape = pooledShape(shape, spec);
  const [, outHeight, outWidth] = outputShape;
  /** Visits the first channel of every element of every window. */
  const visit = (action: (element: number, pixel: number) => void): void => {
    for (let b = 0, pixel = 0; b < batch; b++) {
      for (let oy = 0; oy < outHeight; oy++) {
        const [y0, y1] = [oy * stride[0] - top, oy * stride[0] - top + kernel[0]];
        for (let ox = 0; ox < outWidth; ox++, pixel += channels) {
          const [x0, x1] = [ox * stride[1] - left, ox * stride[1] - left + kernel[1]];
          for (let y = Math.max(0, y0); y < Math.min(height, y1); y++)
            for (let x = Math.max(0, x0); x < Math.min(width, x1); x++)
              action(((b * height + y) * width + x) * channels, pixel);
        }
      }
    }
  };
  const share = 1 / (kernel[0] * kernel[1]);
  return {
    outputShape,
    forward: (x, y) =>
      visit((element, pixel) => {
        for (let c = 0; c < channels; c++) y[pixel + c]! += x[element + c]! * share;
      }),
    backward: (dy, dx) =>
      visit((element, pixel) => {
        for (let c = 0; c < channels; c++) dx[element + c]! += dy[pixel + c]! * share;
      }),
  };
}

function subsample(shape: Shape4D, stride: readonly [number, number], padding: readonly [number, number]): LinearOp {
  const [batch, height, width, channels] = shape;
  const outputShape = subsampledShape(shape, stride, padding);
  const wide = outputShape[3];
  /** Visits the first channel of every pixel that is kept. */
  const visit = (action: (from: number, to: number) => void): void => {
    let to = padding[0];
    for (let b = 0; b < batch; b++)
      for (let y = 0; y < height; y += stride[0])
        for (let x = 0; x < width; x += stride[1], to += wide) action(((b * height + y) * width + x) * channels, to);
  };
  return {
    outputShape,
    forward: (x, y) =>
      visit((from, to) => {
        for (let c = 0; c < channels; c++) y[to + c] = x[from + c]!;
      }),
    backward: (dy, dx) =>
      visit((from, to) => {
        for (let c = 0; c < channels; c++) dx[from + c] = dy[to + c]!;
      }),
  };
}

/** Mean loss of a batch of logits, and ∂loss/∂logits. */
function lossOf(logits: Float32Array, targets: Float32Array, batch: number): { loss: number; gradient: Float32Array } {
  const classes = logits.length / batch;
  const gradient = new Float32Array(logits.length);
  let total = 0;
  for (let start = 0; start < logits.length; start += classes) {
    let [largest, sum] = [-Infinity, 0];
    for (let i = start; i < start + classes; i++) largest = Math.max(largest, logits[i]!);
    for (let i = start; i < start + classes; i++) sum += Math.exp(logits[i]! - largest);
    const logSum = Math.log(sum) + largest;
    for (let i = start; i < start + classes; i++) {
      // A class without a share must not count: 0 times an infinite distance is no number.
      if (targets[i]! !== 0) total += targets[i]! * (logSum - logits[i]!);
      gradient[i] = (Math.exp(logits[i]! - largest) / sum - targets[i]!) / batch;
    }
  }
  return { loss: total / batch, gradient };
}

function crossEntropy(tf: Tfjs, read: (x: Tensor) => Float32Array, logits: Tensor2D, targets: Float32Array): Tensor {
  const differentiable = tf.customGrad((...args) => {
    const [input] = args as unknown as [Tensor2D];
    const { loss, gradient } = lossOf(read(input), targets, input.shape[0]);
    return { value: tf.scalar(loss), gradFunc: (dy: Tensor) => tf.mul(tf.tensor2d(gradient, input.shape), dy) };
  });
  return differentiable(logits);
}

/** The operations of an engine whose tensors `read` gives as arrays. */
export function arrayOps(
  tf: Tfjs,
  read: (x: Tensor) => Float32Array,
): Pick<Engine, 'avgPool' | 'subsample' | 'crossEntropy'> {
  return {
    crossEntropy: (logits, targets) => crossEntropy(tf, read, logits, targets),
    avgPool: (x, spec) => apply(tf, read, x, averagePool(x.shape, spec)),
    subsample: (x, stride, channelPadding) => apply(tf, read, x, subsample(x.shape, stride, channelPadding)),
  };
}
