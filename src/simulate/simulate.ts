/** The bit-exact evaluator of an integer network, fast form; reference.ts says the same in plain loops. */
import { invariant } from '../base/errors.js';
import { elementCount, formatRange } from '../fixed/shapes.js';
import type { IntNetwork } from '../fixed/types.js';
import { prepareNode } from './layers.js';
import type { Stream } from './layers.js';
import { argmax } from './reference.js';

export type { Stream } from './layers.js';

export interface SimulationResult {
  /** One exact integer a class. */
  readonly logits: Float64Array;
  /** Index of the largest logit; the lowest one wins a tie. */
  readonly classIndex: number;
}

export interface Simulator {
  /** Evaluates one image: quantised input elements, NHWC. */
  run(image: Int32Array): SimulationResult;
  /** The same with every stream: index 0 is the input, n the output of node n−1, the last one the logits; NHWC. */
  trace(image: Int32Array): Stream[];
}

/** Prepares a network once for many images. A simulator keeps scratch memory, so one thread must not share it. */
export function createSimulator(network: IntNetwork): Simulator {
  const functions = network.nodes.map(prepareNode);
  const size = elementCount(network.input.shape);
  const { low, high } = formatRange(network.input.format);
  const trace = (image: Int32Array): Stream[] => {
    invariant(image.length === size, `an image has ${size} elements, got ${image.length}`);
    for (const a of image) invariant(a >= low && a <= high, 'image leaves the input format');
    const streams: Stream[] = [image];
    let stream: Stream = image;
    for (const evaluate of functions) {
      invariant(stream instanceof Int32Array, 'only the last node yields logits');
      stream = evaluate(stream);
      streams.push(stream);
    }
    return streams;
  };
  return {
    trace,
    run(image) {
      const streams = trace(image);
      const logits = Float64Array.from(streams[streams.length - 1]!);
      return { logits, classIndex: argmax(logits) };
    },
  };
}
