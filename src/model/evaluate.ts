/**
 * Float evaluation of a model, without the training code and without any library. Activations between layers are single
 * precision, everything within a layer is double precision. Images are NHWC.
 */
import { unpackBits } from '../base/bits.js';
import { FlexorError, invariant } from '../base/errors.js';
import { decrypt, sliceCount } from '../xor/matrix.js';
import { elements, inferShapes, windowSize } from './shapes.js';
import type { CodePlane, ConvNode, DenseNode, FlexorModel, MaxPoolNode, ModelNode, Shape } from './types.js';
import { compileWindowSums } from './window-sums.js';
import type { WindowGeometry } from './window-sums.js';

/** Called with every node's output of every image, in order; the array is reused. */
export type Observer = (node: string, output: Float32Array) => void;

/** A model made ready for evaluation. */
export interface FloatEvaluator {
  /** Elements of one preprocessed image. */
  readonly inputElements: number;
  readonly classes: number;
  /** Logits of n preprocessed images, [n][classes]. */
  logits(images: Float32Array, observe?: Observer): Float32Array;
}

/** Logits [n][classes] of n preprocessed images. */
export function evaluate(model: FlexorModel, images: Float32Array): Float32Array {
  return floatEvaluator(model).logits(images);
}

/** Decrypts and compiles a model once, for many images. */
export function floatEvaluator(model: FlexorModel): FloatEvaluator {
  const shapes = inferShapes(model);
  const stages = model.nodes.map((node) => {
    const output = shapes.get(node.name)!;
    return {
      name: node.name,
      run: compileNode(node, shapes.get(node.input)!, output),
      output: new Float32Array(elements(output)),
    };
  });
  const inputElements = elements(model.input.shape);
  const classes = model.classes.length;
  return {
    inputElements,
    classes,
    logits(images, observe) {
      const count = imageCount(images.length, inputElements);
      const logits = new Float32Array(count * classes);
      for (let n = 0; n < count; n++) {
        let values = images.subarray(n * inputElements, (n + 1) * inputElements);
        for (const { name, run, output } of stages) {
          run(values, output);
          observe?.(name, output);
          values = output;
        }
        logits.set(values, n * classes);
      }
      return logits;
    },
  };
}

/** The network's input from pixels (0 to 255, NHWC, any number of images): (p/255 − mean)/std per channel. */
export function preprocess(model: FlexorModel, pixels: Uint8Array): Float32Array {
  const { shape, preprocessing } = model.input;
  imageCount(pixels.length, elements(shape));
  const tables = preprocessing.mean.map((mean, c) =>
    Float32Array.from({ length: 256 }, (_, p) => (p / 255 - mean) / preprocessing.std[c]!),
  );
  const values = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) values[i] = tables[i % shape.channels]![pixels[i]!]!;
  return values;
}

/** The class of each image: the largest of its logits, the lowest index where several are largest. */
export function classify(logits: ArrayLike<number>, classes: number): Uint32Array {
  return Uint32Array.from({ length: logits.length / classes }, (_, n) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[n * classes + c]! > logits[n * classes + best]!) best = c;
    return best;
  });
}

function imageCount(length: number, perImage: number): number {
  if (length % perImage !== 0) {
    throw new FlexorError(
      'data',
      `images: must be a multiple of the model's ${perImage} input elements, got ${length}`,
    );
  }
  return length / perImage;
}

type Stage = (input: Float32Array, output: Float32Array) => void;

function compileNode(node: ModelNode, input: Shape, output: Shape): Stage {
  switch (node.kind) {
    case 'conv':
      return compileWeighted(node, input, { ...node, input, outHeight: output.height, outWidth: output.width });
    case 'dense': {
      const flat = { height: 1, width: 1, channels: elements(input) };
      const geometry = { input: flat, outHeight: 1, outWidth: 1 };
      return compileWeighted(node, input, { ...geometry, kernel: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0] });
    }
    case 'maxPool':
      return (values, result) => maxPool(node, input, output, values, result);
    case 'flatten':
      return (values, result) => result.set(values);
  }
}

/** All planes are channels of one binary layer; α, bias, batch norm and ReLU follow per output channel. */
function compileWeighted(node: ConvNode | DenseNode, input: Shape, geometry: WindowGeometry): Stage {
  const { outChannels, relu } = node;
  const { planes } = node.weights;
  const channels = planes.length * outChannels;
  const windowSums = compileWindowSums(joinPlanes(node, windowSize(node, input)), channels, geometry);
  const sums = new Float64Array(geometry.outHeight * geometry.outWidth * channels);
  const { scale, offset } = foldBatchNorm(node);
  return (values, result) => {
    sums.fill(0);
    windowSums(values, sums);
    for (let pixel = 0, to = 0; pixel * channels < sums.length; pixel++) {
      for (let c = 0; c < outChannels; c++, to++) {
        let y = 0;
        for (let i = 0; i < planes.length; i++)
          y += planes[i]!.alpha[c]! * sums[pixel * channels + i * outChannels + c]!;
        y = y * scale[c]! + offset[c]!;
        result[to] = relu && y < 0 ? 0 : y;
      }
    }
  };
}

/** Decrypted codes of all planes side by side: [v][plane][c]. */
function joinPlanes(node: ConvNode | DenseNode, window: number): Uint8Array {
  const { outChannels } = node;
  const { planes } = node.weights;
  const channels = planes.length * outChannels;
  const joined = new Uint8Array(window * channels);
  planes.forEach((plane, i) => {
    const codes = planeCodes(plane, window * outChannels);
    for (let v = 0; v < window; v++) {
      joined.set(codes.subarray(v * outChannels, (v + 1) * outChannels), v * channels + i * outChannels);
    }
  });
  return joined;
}

/** The decrypted weight bits of a plane, one 0/1 per element, index v·C_out + c. */
export function planeCodes({ matrix, encrypted }: CodePlane, weights: number): Uint8Array {
  return decrypt(unpackBits(encrypted, sliceCount(weights, matrix) * matrix.nIn), matrix, weights);
}

/** Bias and batch norm as y·scale + offset per channel. */
function foldBatchNorm({ outChannels, bias, batchNorm }: ConvNode | DenseNode): {
  scale: Float64Array;
  offset: Float64Array;
} {
  const scale = new Float64Array(outChannels).fill(1);
  const offset = Float64Array.from(bias ?? new Float64Array(outChannels));
  if (batchNorm !== null) {
    const { gamma, beta, mean, variance, epsilon } = batchNorm;
    for (let c = 0; c < outChannels; c++) {
      scale[c] = gamma[c]! / Math.sqrt(variance[c]! + epsilon);
      offset[c] = (offset[c]! - mean[c]!) * scale[c]! + beta[c]!;
    }
  }
  return { scale, offset };
}

/** Maximum of every window; elements of the padding never win. */
function maxPool(node: MaxPoolNode, input: Shape, output: Shape, values: Float32Array, result: Float32Array): void {
  const { kernel, stride, padding } = node;
  const { height, width, channels } = input;
  invariant(output.channels === channels, 'pooling keeps the channels');
  result.fill(-Infinity);
  for (let oy = 0, to = 0; oy < output.height; oy++) {
    for (let ox = 0; ox < output.width; ox++, to += channels) {
      const top = oy * stride[0] - padding[0];
      const left = ox * stride[1] - padding[1];
      for (let y = Math.max(0, top); y < Math.min(height, top + kernel[0]); y++) {
        for (let x = Math.max(0, left); x < Math.min(width, left + kernel[1]); x++) {
          const from = (y * width + x) * channels;
          for (let c = 0; c < channels; c++) {
            if (values[from + c]! > result[to + c]!) result[to + c] = values[from + c]!;
          }
        }
      }
    }
  }
}
