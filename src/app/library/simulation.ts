/** The bit-exact simulator for programs that use the library. */
import { FlexorError } from '../../base/errors.js';
import { formatRange } from '../../fixed/shapes.js';
import { elementCount } from '../../graph/shapes.js';
import type { IntNetwork } from '../../fixed/types.js';
import { createSimulator } from '../../simulate/simulate.js';

export interface Simulation {
  /** images × classes, exact integers. */
  readonly logits: Float64Array;
  /** Index of the largest logit of each image; the lowest index wins a tie. */
  readonly classes: Int32Array;
  /** Of each layer that was asked for: one array an image, height × width × channels (NHWC). */
  readonly layers: Readonly<Record<string, readonly (Int32Array | Float64Array)[]>>;
}

/**
 * Evaluates images in this thread.
 *
 * @param images - One array an image, height × width × channels (NHWC), within the input format (`inputsFromPixels`).
 * @param layers - Names of nodes of the network whose outputs are wanted, or `input`.
 * @throws FlexorError of code `data` for an image of another size or with a value outside the input format, and `usage` for
 *   a layer that the network lacks.
 */
export function simulate(
  network: IntNetwork,
  images: readonly Int32Array[],
  layers: readonly string[] = [],
): Simulation {
  images.forEach((image, i) => checkImage(network, image, i));
  const streams = ['input', ...network.nodes.map(({ name }) => name)];
  for (const layer of layers) {
    if (streams.includes(layer)) continue;
    throw new FlexorError('usage', `the network has no layer ${layer}; it has ${streams.join(', ')}`);
  }
  const simulator = createSimulator(network);
  const results = simulator.runAll(images);
  const traces = layers.length === 0 ? [] : images.map((image) => [image, ...nodesOf(simulator.trace(image), streams)]);
  return {
    logits: Float64Array.from(results.flatMap(({ logits }) => [...logits])),
    classes: Int32Array.from(results, ({ classIndex }) => classIndex),
    layers: Object.fromEntries(
      layers.map((layer) => [layer, traces.map((trace) => trace[streams.indexOf(layer)]!.slice())]),
    ),
  };
}

/** Outputs of the nodes: a trace begins with the input and ends with the logits, which are the last node's. */
function nodesOf<T>(trace: readonly T[], streams: readonly string[]): T[] {
  const nodes = streams.length - 1;
  return [...trace.slice(1, nodes), trace.at(-1)!];
}

function checkImage({ input }: IntNetwork, image: Int32Array, index: number): void {
  const size = elementCount(input.shape);
  const { low, high } = formatRange(input.format);
  if (image.length !== size) {
    throw new FlexorError('data', `image ${index} must have ${size} elements, got ${image.length}`);
  }
  const outside = image.find((value) => value < low || value > high);
  if (outside === undefined) return;
  throw new FlexorError('data', `image ${index} must hold values from ${low} to ${high}, got ${outside}`);
}
