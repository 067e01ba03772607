/**
 * Bursts into a dense layer with one lane, which takes each element for C_out/PE cycles and has no buffer; for so long what is
 * ahead of it stands still. A pool without a window unit gives its results in bursts, at the end of each row of windows or,
 * over the whole image, of the frame: its stream wants a FIFO though it has one reader. A weighted layer finishes the groups of a pixel in consecutive cycles: they want more
 * room behind its engine.
 */
import { isWeighted } from '../graph/order.js';
import type { IntNetwork } from '../fixed/types.js';
import { feedOf, isIllegal } from './fold.js';
import { cyclesPerPixel, outputPixels, weightedNodes, type WeightedNode } from './lanes.js';
import { layerKind } from './layers/index.js';
import { streamWidths } from './stream-widths.js';
import type { Fold } from './types.js';

/** A burst may cost this part of the busiest layer's cycles before it is worth a FIFO. */
const TOLERATED = 0.02;

/** Static cycles a frame of each node's engine or pool. */
function busyCycles(network: IntNetwork, fold: Fold): ReadonlyMap<string, number> {
  const widths = streamWidths(network, fold);
  return new Map(
    network.nodes.map((node, i) => [
      node.name,
      isWeighted(node)
        ? cyclesPerPixel(node, fold[node.name]!) * outputPixels(node)
        : layerKind(node).elements(node) / widths[i + 1]!,
    ]),
  );
}

/** Layers that take their input straight from a stream. */
function unbuffered(network: IntNetwork, fold: Fold): WeightedNode[] {
  return weightedNodes(network).filter((node) => {
    const feed = feedOf(node, fold[node.name]!);
    return !isIllegal(feed) && !feed.buffered;
  });
}

/** The nodes whose output streams want a FIFO. */
export function burstyNodes(network: IntNetwork, fold: Fold): ReadonlySet<string> {
  const busy = busyCycles(network, fold);
  const tolerated = TOLERATED * Math.max(...busy.values());
  const bursts = new Set(network.nodes.flatMap((node) => (layerKind(node).bursts(node) ? node.name : [])));
  return new Set(
    unbuffered(network, fold).flatMap(({ name, input }) =>
      bursts.has(input) && busy.get(name)! > tolerated ? input : [],
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
