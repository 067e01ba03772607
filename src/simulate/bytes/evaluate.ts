/**
 * Evaluates a whole network on byte tensors, a few images at a time. A layer whose sums may leave 32 bits is evaluated by the
 * plain loops that define it.
 */
import { invariant } from '../../base/errors.js';
import { inputsOf, isWeighted } from '../../graph/order.js';
import type { IntNetwork, IntNode } from '../../fixed/types.js';
import { evaluateNode } from '../reference.js';
import type { Kernels, LayerFunction } from './kernels.js';
import { concatenate, pool, subsample } from './pools.js';
import { isSpread, spreadConv } from './spread.js';
import { type Border, type ByteTensor, createTensor, imageBytes, readImage, writeImage } from './tensor.js';
import { planWeighted } from './weighted.js';

export interface ByteEvaluator {
  /** Most images of a run. */
  readonly capacity: number;
  /** Evaluates images; each is checked by the caller. */
  run(images: readonly Int32Array[]): void;
  /** Stream of an image of the last run: 0 the input, n the output of node n−1, but for the last node. */
  stream(index: number, image: number): Int32Array;
  logits(image: number): Float64Array;
}

/** What all tensors of a run may take: about what a processor's second cache holds. */
const RUN_BYTES = 2 ** 20;
const MOST_IMAGES = 8;

export function createByteEvaluator(network: IntNetwork, kernels: Kernels): ByteEvaluator {
  const { nodes, classes } = network;
  const borders = bordersOf(network);
  const streams = [{ name: 'input', tensor: network.input }].concat(
    nodes.slice(0, -1).map((node) => ({ name: node.name, tensor: node.outputTensor })),
  );
  const perImage = streams.reduce((sum, { name, tensor }) => sum + imageBytes(tensor, borders.get(name)!), 0);
  const capacity = Math.max(1, Math.min(MOST_IMAGES, Math.floor(RUN_BYTES / perImage)));
  const tensors = new Map(
    streams.map(({ name, tensor }) => [
      name,
      createTensor(tensor, borders.get(name)!, capacity, (bytes) => kernels.allocate(bytes)),
    ]),
  );
  const places = [...tensors.values()];
  const logits = new Float64Array(capacity * classes.length);
  const layers = nodes.map((node) => prepareNode(node, tensors, tensors.get(node.name) ?? logits, kernels));
  return {
    capacity,
    run(images) {
      invariant(images.length <= capacity, `${images.length} images, room for ${capacity}`);
      for (const [i, image] of images.entries()) writeImage(places[0]!, i, image);
      for (const layer of layers) layer(images.length);
    },
    stream: (index, image) => readImage(places[index]!, image),
    logits: (image) => logits.slice(image * classes.length, (image + 1) * classes.length),
  };
}

/** The largest padding with which a convolution reads each stream; pools look where the image ends. */
function bordersOf({ nodes }: IntNetwork): ReadonlyMap<string, Border> {
  const borders = new Map<string, Border>([['input', [0, 0, 0, 0]]]);
  for (const node of nodes) {
    borders.set(node.name, [0, 0, 0, 0]);
    if (node.kind !== 'conv') continue;
    const before = borders.get(node.input)!;
    borders.set(node.input, node.padding.map((n, i) => Math.max(n, before[i]!)) as [number, number, number, number]);
  }
  return borders;
}

type Output = ByteTensor | Float64Array;

function prepareNode(
  node: IntNode,
  tensors: ReadonlyMap<string, ByteTensor>,
  output: Output,
  kernels: Kernels,
): LayerFunction {
  const inputs = inputsOf(node).map((name) => tensors.get(name)!);
  const [input, residual = null] = inputs;
  if (isWeighted(node)) {
    const streams = { input: input!, residual, output };
    // These loops and the kernels take tensors of one and two bytes.
    if (inputs.some(({ place }) => place.bytes === 3)) return plainLoops(node, inputs, output);
    if (node.kind === 'conv' && isSpread(node)) return spreadConv(node, streams);
    // The kernels count a bit as ±1.
    // The kernels take codes ±1; a 0 in a plane of integers counts nothing.
    if (node.twosComplement) return plainLoops(node, inputs, output);
    const layer = planWeighted(node, streams, kernels.planesPerDigit);
    return layer === null ? plainLoops(node, inputs, output) : kernels.weighted(layer);
  }
  // A network may end with a layer that has no weights; its logits are no byte tensor.
  if (output instanceof Float64Array) return plainLoops(node, inputs, output);
  if (node.kind === 'concat') return concatenate(inputs, output);
  if (node.kind === 'subsample') return subsample(node, input!, output);
  const oneByte = input!.place.bytes === 1 && output.place.bytes === 1;
  if (node.kind === 'maxPool' && oneByte) return kernels.maxPool(node, input!, output);
  return pool(node, input!, output);
}

function plainLoops(node: IntNode, inputs: readonly ByteTensor[], output: Output): LayerFunction {
  return (images) => {
    for (let image = 0; image < images; image++) {
      const from = inputs.map((tensor) => Float64Array.from(readImage(tensor, image)));
      const values = evaluateNode(node, from);
      if (output instanceof Float64Array) output.set(values, image * values.length);
      else writeImage(output, image, values);
    }
  };
}
