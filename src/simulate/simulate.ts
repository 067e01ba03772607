/** The bit-exact evaluator of an integer network, fast form; reference.ts says the same in plain loops. */
import { invariant } from '../base/errors.js';
import { formatRange } from '../fixed/shapes.js';
import { elementCount } from '../graph/shapes.js';
import type { IntNetwork } from '../fixed/types.js';
import { createByteEvaluator } from './bytes/evaluate.js';
import type { Kernels } from './bytes/kernels.js';
import { chooseKernels } from './bytes/choose.js';
import { argmax } from './reference.js';

/** Activations fit 32-bit integers; logits may need 53 bits. */
export type Stream = Int32Array | Float64Array;

export interface SimulationResult {
  /** One exact integer a class. */
  readonly logits: Float64Array;
  /** Index of the largest logit; the lowest one wins a tie. */
  readonly classIndex: number;
}

export interface Simulator {
  /** Evaluates one image: quantised input elements, NHWC. */
  run(image: Int32Array): SimulationResult;
  /** Evaluates several images; faster than one by one, because a layer's weights are read once for several. */
  runAll(images: readonly Int32Array[]): SimulationResult[];
  /** The same with every stream: index 0 is the input, n the output of node n−1, the last one the logits; NHWC. */
  trace(image: Int32Array): Stream[];
}

/**
 * Prepares a network once for many images. A simulator keeps scratch memory, so threads must not share one. Results do not
 * depend on the kernels.
 */
export function createSimulator(network: IntNetwork, kernels: Kernels = chooseKernels()): Simulator {
  const evaluator = createByteEvaluator(network, kernels);
  const size = elementCount(network.input.shape);
  const { low, high } = formatRange(network.input.format);
  const checked = (image: Int32Array): Int32Array => {
    invariant(image.length === size, `an image has ${size} elements, got ${image.length}`);
    for (const a of image) if (a < low || a > high) invariant(false, `image leaves the input format with ${a}`);
    return image;
  };
  const runAll = (images: readonly Int32Array[]): SimulationResult[] => {
    const results: SimulationResult[] = [];
    for (let from = 0; from < images.length; from += evaluator.capacity) {
      const some = images.slice(from, from + evaluator.capacity);
      evaluator.run(some.map(checked));
      for (const i of some.keys()) {
        const logits = evaluator.logits(i);
        results.push({ logits, classIndex: argmax(logits) });
      }
    }
    return results;
  };
  const trace = (image: Int32Array): Stream[] => {
    evaluator.run([checked(image)]);
    return [...network.nodes.map((_, i) => evaluator.stream(i, 0)), evaluator.logits(0)];
  };
  return { runAll, run: (image) => runAll([image])[0]!, trace };
}
