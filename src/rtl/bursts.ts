/**
 * Bursts into a dense layer with one lane, which takes each element for C_out/PE cycles and has no buffer; for so long what is
 * ahead of it stands still. A pool over the whole image gives all its results in one burst at the end of a frame: its stream
 * wants a FIFO though it has one reader. A weighted layer finishes the groups of a pixel in consecutive cycles: they want more
 * room behind its engine.
 */
import { isWeighted } from '../fixed/shapes.js';
import type { IntNetwork, IntPoolNode } from '../fixed/types.js';
import { cyclesPerPixel, outputPixels, unweightedElements, type WeightedNode } from './fold.js';
import { streamWidths } from './stream-widths.js';
import { builtNodes } from './supported.js';
import type { Fold } from './types.js';

/** A burst may cost this part of the busiest layer's cycles before it is worth a FIFO. */
const TOLERATED = 0.02;

/** One window covers the image: the stream comes in its order. */
export function isWholeImage({ kernel, padding, inputTensor }: IntPoolNode): boolean {
  const { height, width } = inputTensor.shape;
  return kernel[0] === height && kernel[1] === width && padding.every((pad) => pad === 0);
}

/** Static cycles a frame of each node's engine or pool. */
function busyCycles(network: IntNetwork, fold: Fold): ReadonlyMap<string, number> {
  const widths = streamWidths(network, fold);
  return new Map(
    builtNodes(network).map((node, i) => [
      node.name,
      isWeighted(node)
        ? cyclesPerPixel(node, fold[node.name]!) * outputPixels(node)
        : unweightedElements(node) / widths[i + 1]!,
    ]),
  );
}

/** Dense layers that take their input straight from a stream. */
function unbuffered(network: IntNetwork, fold: Fold): WeightedNode[] {
  return network.nodes.filter(isWeighted).filter((node) => node.kind === 'dense' && fold[node.name]!.simd === 1);
}

/** The nodes whose output streams want a FIFO. */
export function burstyNodes(network: IntNetwork, fold: Fold): ReadonlySet<string> {
  const busy = busyCycles(network, fold);
  const tolerated = TOLERATED * Math.max(...busy.values());
  const pools = new Set(
    network.nodes.flatMap((node) =>
      (node.kind === 'maxPool' || node.kind === 'avgPool') && isWholeImage(node) ? node.name : [],
    ),
  );
  return new Set(
    unbuffered(network, fold).flatMap(({ name, input }) =>
      pools.has(input) && busy.get(name)! > tolerated ? input : [],
    ),
  );
}

/**
 * Cycles for which each channel of a layer waits for the dense layer that reads it, by the name of the former: only of layers
 * that this would make the slowest of all.
 */
export function slowReaders(network: IntNetwork, fold: Fold): ReadonlyMap<string, number> {
  const busy = busyCycles(network, fold);
  const most = Math.max(...busy.values());
  return new Map(
    unbuffered(network, fold).flatMap(({ name, input, outChannels }) =>
      (busy.get(input) ?? 0) + busy.get(name)! > most ? [[input, outChannels / fold[name]!.pe] as const] : [],
    ),
  );
}
