/**
 * The plain design: the hardware of the same network with every weight bit stored as it is (M⊕ = 1, N_in = N_out = 1). It
 * has the same structure and cycles a frame and no XOR gates, so the difference is what FleXOR costs and saves.
 */
import { isWeighted } from '../../graph/order.js';
import type { IntNetwork, IntNode } from '../../fixed/types.js';
import { addCosts, layerCost, roundCost, type Cost } from '../../rtl/cost/model.js';
import { makeDesignLike, type Design } from '../../rtl/design.js';
import { weightedNodes, type WeightedNode } from '../../rtl/lanes.js';
import { weightedShape } from '../../rtl/layers/weighted/plan.js';
import { withRowsPerWord } from '../../rtl/solve/rows-per-word.js';
import { layerWidths, streamWidths } from '../../rtl/stream-widths.js';
import type { Fold, LayerFold } from '../../rtl/types.js';

function plainNode(node: IntNode): IntNode {
  if (!isWeighted(node)) return node;
  const planes = node.planes.map(({ codes }) => ({
    nIn: 1,
    nOut: 1,
    matrix: Uint8Array.of(1),
    encrypted: codes,
    codes,
  }));
  return { ...node, planes };
}

export function plainNetwork(network: IntNetwork): IntNetwork {
  return { ...network, name: `${network.name}-plain`, nodes: network.nodes.map(plainNode) };
}

/** A layer's fold for the node with plain weights, with the rows a word and the registers that suit them. */
export function plainLayerFold(node: WeightedNode, { rowsPerWord, decryptor, ...fold }: LayerFold): LayerFold {
  void [rowsPerWord, decryptor];
  return withRowsPerWord(node, fold);
}

export function plainDesign(design: Design): Design {
  const network = plainNetwork(design.network);
  const folds = weightedNodes(network).map((node) => [node.name, plainLayerFold(node, design.fold[node.name]!)]);
  return makeDesignLike(design, network, Object.fromEntries(folds) as Fold);
}

/** What the plain design takes by the cost model: its weighted layers under `fold`, and `rest`, which is the same in both. */
export function plainCost(network: IntNetwork, fold: Fold, rest: Cost): Cost {
  const plain = plainNetwork(network);
  const widths = layerWidths(plain, streamWidths(plain, fold));
  const layers = plain.nodes.flatMap((node, i) => {
    if (!isWeighted(node)) return [];
    return roundCost(layerCost(weightedShape(node, plainLayerFold(node, fold[node.name]!), widths[i]!)));
  });
  return addCosts([rest, ...layers]);
}
