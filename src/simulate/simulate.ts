/** The bit-exact evaluator of an integer network, fast form; reference.ts says the same in plain loops. */
import { invariant } from '../base/errors.js';
import { elementCount, formatRange, inputsOf } from '../fixed/shapes.js';
import type { IntNetwork } from '../fixed/types.js';
import { prepareNode } from './layers.js';
import type { Stream } from './requantise.js';
import { argmax } from './reference.js';

export type { Stream } from './requantise.js';

export interface SimulationResult {
  /** One exact integer a class. */
  readonly logits: Float64Array;
  /** Index of the largest logit; the lowest one wins a tie. */
  readonly classIndex: number;
}

export interface Simulator {
  /** Evaluates one image: quantised input elements, NHWC. */
  run(image: Int32Array): SimulationResult;
  /** Evaluates several images; faster than one by one, because layers take two at a time. */
  runAll(images: readonly Int32Array[]): SimulationResult[];
  /** The same with every stream: index 0 is the input, n the output of node n−1, the last one the logits; NHWC. */
  trace(image: Int32Array): Stream[];
}

/** Prepares a network once for many images. A simulator keeps scratch memory, so threads must not share one. */
export function createSimulator(network: IntNetwork): Simulator {
  const functions = network.nodes.map(prepareNode);
  const size = elementCount(network.input.shape);
  const { low, high } = formatRange(network.input.format);
  const checked = (image: Int32Array): Int32Array => {
    invariant(image.length === size, `an image has ${size} elements, got ${image.length}`);
    const outside = image.find((a) => a < low || a > high);
    invariant(outside === undefined, `image leaves the input format with ${outside}`);
    return image;
  };
  const places = new Map([['input', 0], ...network.nodes.map(({ name }, i) => [name, i + 1] as const)]);
  const sources = network.nodes.map((node) => inputsOf(node).map((name) => places.get(name)!));
  /** Streams of all images: [stream][image]. */
  const evaluate = (images: readonly Int32Array[]): Stream[][] => {
    const streams: Stream[][] = [images.map(checked)];
    for (const [i, node] of functions.entries()) {
      const [input, residual] = sources[i]!.map((from) => streams[from]!.map(activations));
      streams.push(node(input!, residual ?? null));
    }
    return streams;
  };
  const runAll = (images: readonly Int32Array[]): SimulationResult[] =>
    evaluate(images)[functions.length]!.map((stream) => {
      const logits = Float64Array.from(stream);
      return { logits, classIndex: argmax(logits) };
    });
  return {
    runAll,
    run: (image) => runAll([image])[0]!,
    trace: (image) => evaluate([image]).map(([stream]) => stream!),
  };
}

function activations(stream: Stream): Int32Array {
  invariant(stream instanceof Int32Array, 'only the last node yields logits');
  return stream;
}
