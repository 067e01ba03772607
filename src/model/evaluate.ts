/**
 * Float evaluation of a model, without the training code and without any library. Activations between layers are single
 * precision, everything within a layer is double precision. Images are NHWC.
 */
import { FlexorError } from '../base/errors.js';
import { compileNode } from './evaluate-node.js';
import { INPUT_NAME, inputsOf } from '../graph/order.js';
import { elements } from '../graph/shapes.js';
import { modelShapes } from './shapes.js';
import type { FlexorModel } from './types.js';

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
  const shapes = modelShapes(model);
  const outputs = new Map(model.nodes.map(({ name }) => [name, new Float32Array(elements(shapes.get(name)!))]));
  const stages = model.nodes.map((node) => {
    const inputs = inputsOf(node);
    const run = compileNode(
      node,
      inputs.map((name) => shapes.get(name)!),
      shapes.get(node.name)!,
    );
    return { name: node.name, inputs, run, output: outputs.get(node.name)! };
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
        const image = images.subarray(n * inputElements, (n + 1) * inputElements);
        for (const { name, inputs, run, output } of stages) {
          const values = inputs.map((input) => (input === INPUT_NAME ? image : outputs.get(input)!));
          run(values, output);
          observe?.(name, output);
        }
        logits.set(outputs.get(model.output)!, n * classes);
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
