/**
 * Float evaluation of a model, without the training code and without any library. Activations between layers are single
 * precision, everything within a layer is double precision. Images are NHWC.
 */
import { FlexorError } from '../base/errors.js';
import { compileExactNode } from './evaluate-exact.js';
import type { ExactValues } from './evaluate-exact.js';
import { compileNode } from './evaluate-node.js';
import { exactTensors } from './exact-tensors.js';
import type { ExactTensor } from './exact-tensors.js';
import { StepFunction } from './quantiser.js';
import { INPUT_NAME, inputsOf } from '../graph/order.js';
import { elementCount } from '../graph/shapes.js';
import { modelShapes } from './shapes.js';
import type { FlexorModel, ModelNode } from './types.js';
import type { Shape } from '../graph/types.js';

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

/** Every tensor of one preprocessed image by the name of its node, the input's too. */
export function evaluateNodes(model: FlexorModel, image: Float32Array): ReadonlyMap<string, Float32Array> {
  const input = { integers: new Float64Array(image.length), values: new Float32Array(image.length) };
  compileInput(model)(image, input);
  const tensors = new Map([[INPUT_NAME, input.values]]);
  floatEvaluator(model).logits(image, (name, values) => tensors.set(name, Float32Array.from(values)));
  return tensors;
}

/** Decrypts and compiles a model once, for many images. */
export function floatEvaluator(model: FlexorModel): FloatEvaluator {
  const shapes = modelShapes(model);
  const exact = exactTensors(model, shapes);
  const tensors = new Map<string, ExactValues>();
  const allocate = (name: string, size: number): ExactValues => {
    const integers = new Float64Array(exact.has(name) ? size : 0);
    const tensor = { integers, values: new Float32Array(size) };
    tensors.set(name, tensor);
    return tensor;
  };
  const inputElements = elementCount(model.input.shape);
  const image = allocate(INPUT_NAME, inputElements);
  const take = compileInput(model);
  const stages = model.nodes.map((node) => {
    const output = allocate(node.name, elementCount(shapes.get(node.name)!));
    return { name: node.name, run: compileTensor(node, shapes, exact, tensors), output };
  });
  const classes = model.classes.length;
  return {
    inputElements,
    classes,
    logits(images, observe) {
      const count = imageCount(images.length, inputElements);
      const logits = new Float32Array(count * classes);
      for (let n = 0; n < count; n++) {
        take(images.subarray(n * inputElements, (n + 1) * inputElements), image);
        for (const { name, run, output } of stages) {
          run();
          observe?.(name, output.values);
        }
        logits.set(tensors.get(model.output)!.values, n * classes);
      }
      return logits;
    },
  };
}

/** Puts an image into the input's tensor, through its quantiser where it has one. */
function compileInput({ input: { quantiser } }: FlexorModel): (image: Float32Array, tensor: ExactValues) => void {
  if (quantiser === undefined) return (image, { values }) => values.set(image);
  const steps = new StepFunction(quantiser);
  return (image, { integers, values }) => {
    for (let i = 0; i < image.length; i++) {
      integers[i] = steps.integer(image[i]!);
      values[i] = integers[i]! * quantiser.scale;
    }
  };
}

/** Computes a node's tensor from those of its inputs: by integers where all inputs are, else by single precision. */
function compileTensor(
  node: ModelNode,
  shapes: ReadonlyMap<string, Shape>,
  exact: ReadonlyMap<string, ExactTensor>,
  tensors: ReadonlyMap<string, ExactValues>,
): () => void {
  const names = inputsOf(node);
  const inputs = names.map((name) => tensors.get(name)!);
  const output = tensors.get(node.name)!;
  const inputShapes = names.map((name) => shapes.get(name)!);
  const shape = shapes.get(node.name)!;
  const integers = names.flatMap((name) => exact.get(name) ?? []);
  const exactStage =
    integers.length === names.length && exact.has(node.name)
      ? compileExactNode(node, integers, inputShapes, shape)
      : null;
  if (exactStage !== null) {
    const values = inputs.map((input) => input.integers);
    return () => exactStage(values, output);
  }
  const stage = compileNode(node, inputShapes, shape);
  const values = inputs.map((input) => input.values);
  const scale = 'quantiser' in node ? node.quantiser?.scale : undefined;
  return () => {
    stage(values, output.values);
    // Behind a quantiser there are integers again, whatever it was that it rounded.
    if (scale !== undefined) output.values.forEach((value, i) => (output.integers[i] = Math.round(value / scale)));
  };
}

/**
 * The network's input from values of the data (pixels, 0 to 255, or numbers of any kind; NHWC, any number of images):
 * (p/255 − mean)/std per channel.
 */
export function preprocess(model: FlexorModel, pixels: Uint8Array | Float32Array): Float32Array {
  const { shape, preprocessing } = model.input;
  imageCount(pixels.length, elementCount(shape));
  if (pixels instanceof Float32Array) {
    const { mean, std } = preprocessing;
    return pixels.map((value, i) => (value / 255 - mean[i % shape.channels]!) / std[i % shape.channels]!);
  }
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
