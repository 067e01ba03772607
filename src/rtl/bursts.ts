/**
 * Streams that want a FIFO though they have one reader. A pool over the whole image gives all its results in one burst at
 * the end of a frame. A dense layer with one lane takes each of them for C_out/PE cycles and has no buffer; for so long the
 * pool and all that is ahead of it would stand still.
 */
import { isWeighted } from '../fixed/shapes.js';
import type { IntNetwork, IntNode, IntPoolNode } from '../fixed/types.js';
import { cyclesPerPixel, outputPixels, unweightedElements } from './fold.js';
import { streamWidths } from './stream-widths.js';
import type { Fold } from './types.js';

/** A burst may cost this part of the busiest layer's cycles before it is worth a FIFO. */
const TOLERATED = 0.02;

/** One window covers the image: the stream comes in its order. */
export function isWholeImage({ kernel, padding, inputTensor }: IntPoolNode): boolean {
  const { height, width } = inputTensor.shape;
  return kernel[0] === height && kernel[1] === width && padding.every((pad) => pad === 0);
}

/** The nodes whose output streams want one. */
export function burstyNodes(network: IntNetwork, fold: Fold): ReadonlySet<string> {
  const widths = streamWidths(network, fold);
  const busy = (node: IntNode): number =>
    isWeighted(node)
      ? cyclesPerPixel(node, fold[node.name]!) * outputPixels(node)
      : unweightedElements(node) / widths[network.nodes.indexOf(node) + 1]!;
  const tolerated = TOLERATED * Math.max(...network.nodes.map(busy));
  const pools = new Set(
    network.nodes.flatMap((node) =>
      (node.kind === 'maxPool' || node.kind === 'avgPool') && isWholeImage(node) ? node.name : [],
    ),
  );
  return new Set(
    network.nodes.flatMap((node) =>
      node.kind === 'dense' && fold[node.name]!.simd === 1 && pools.has(node.input) && busy(node) > tolerated
        ? node.input
        : [],
    ),
  );
}
