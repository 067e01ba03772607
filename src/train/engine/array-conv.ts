/**
 * Convolutions with groups or dilation in plain typed arrays, forward and backward: tfjs has no groups, and no gradients of
 * dilated convolutions. Filters are [k_h, k_w, C_in/G, C_out]; output channel c reads part ⌊c·G/C_out⌋ of the input channels.
 */
import type { ConvWindow } from '../../graph/types.js';
import { slidingOutput } from '../../graph/window.js';
import type { Engine, Tensor, Tensor4D, Tfjs } from './engine.js';

type Shape4D = Tensor4D['shape'];

/** Whether a convolution is one that every backend has. */
export function isPlainConv({ dilation, groups }: ConvWindow): boolean {
  return groups === 1 && dilation[0] === 1 && dilation[1] === 1;
}

/** Shape of what a convolution with this filter makes of a tensor. */
export function convolvedShape([batch, height, width]: Shape4D, filter: Shape4D, spec: ConvWindow): Shape4D {
  const output = slidingOutput({ height, width }, spec);
  return [batch, output.height, output.width, filter[3]];
}

/** Goes over every tap of every window that lies in the image: first element of output pixel, input pixel and filter tap. */
type Visit = (action: (y: number, x: number, filter: number) => void) => void;

function taps([batch, height, width, channels]: Shape4D, output: Shape4D, filter: Shape4D, spec: ConvWindow): Visit {
  const { kernel, stride, padding, dilation } = spec;
  const [, outHeight, outWidth, outChannels] = output;
  const tapSize = filter[2] * outChannels;
  return (action) => {
    for (let b = 0, y = 0; b < batch; b++) {
      for (let oy = 0; oy < outHeight; oy++) {
        for (let ox = 0; ox < outWidth; ox++, y += outChannels) {
          for (let ky = 0; ky < kernel[0]; ky++) {
            const row = oy * stride[0] - padding[0] + ky * dilation[0];
            if (row < 0 || row >= height) continue;
            for (let kx = 0; kx < kernel[1]; kx++) {
              const column = ox * stride[1] - padding[1] + kx * dilation[1];
              if (column < 0 || column >= width) continue;
              action(y, ((b * height + row) * width + column) * channels, (ky * kernel[1] + kx) * tapSize);
            }
          }
        }
      }
    }
  };
}

interface Kernels {
  forward(x: Float32Array, f: Float32Array, y: Float32Array): void;
  /** Adds ∂L/∂x. */
  inputGradient(dy: Float32Array, f: Float32Array, dx: Float32Array): void;
  /** Adds ∂L/∂filter. */
  filterGradient(x: Float32Array, dy: Float32Array, df: Float32Array): void;
}

function kernels(input: Shape4D, output: Shape4D, filter: Shape4D, spec: ConvWindow): Kernels {
  const visit = taps(input, output, filter, spec);
  const [, , perGroup, outChannels] = filter;
  const outPerGroup = outChannels / spec.groups;
  /** Goes over the weights of a tap: output channel, input channel, weight. */
  const each = (action: (c: number, i: number, w: number) => void): void => {
    for (let g = 0; g < spec.groups; g++) {
      for (let i = 0; i < perGroup; i++) {
        for (let c = g * outPerGroup; c < (g + 1) * outPerGroup; c++) action(c, g * perGroup + i, i * outChannels + c);
      }
    }
  };
  return {
    forward: (x, f, y) =>
      visit((to, from, tap) => each((c, i, w) => (y[to + c] = y[to + c]! + x[from + i]! * f[tap + w]!))),
    inputGradient: (dy, f, dx) =>
      visit((to, from, tap) => each((c, i, w) => (dx[from + i] = dx[from + i]! + dy[to + c]! * f[tap + w]!))),
    filterGradient: (x, dy, df) =>
      visit((to, from, tap) => each((c, i, w) => (df[tap + w] = df[tap + w]! + dy[to + c]! * x[from + i]!))),
  };
}

/** `plain` with convolutions of any groups and dilation besides; `read` gives a tensor's values. */
export function withArrayConv(tf: Tfjs, read: (x: Tensor) => Float32Array, plain: Engine['conv2d']): Engine['conv2d'] {
  const filled = (shape: Shape4D, fill: (values: Float32Array) => void): Tensor4D => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    fill(values);
    return tf.tensor4d(values, shape);
  };
  return (x, filter, spec, constantInput) => {
    if (isPlainConv(spec)) return plain(x, filter, spec, constantInput);
    const output = convolvedShape(x.shape, filter.shape, spec);
    const { forward, inputGradient, filterGradient } = kernels(x.shape, output, filter.shape, spec);
    const op = tf.customGrad((...args) => {
      const [a, f, save] = args as unknown as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
      save([a, f]);
      return {
        value: filled(output, (y) => forward(read(a), read(f), y)),
        gradFunc: (dy: Tensor4D, saved: Tensor[]) => [
          filled(a.shape, (dx) => inputGradient(read(dy), read(saved[1]!), dx)),
          filled(f.shape, (df) => filterGradient(read(saved[0]!), read(dy), df)),
        ],
      };
    });
    return op(x, filter) as Tensor4D;
  };
}
