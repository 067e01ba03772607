/**
 * The plain twin: the same network with every weight bit stored as it is (M⊕ = 1, N_in = N_out = 1). Its hardware has the
 * same structure and no XOR gates, so the difference is what FleXOR costs and saves.
 */
import { isWeighted } from '../../fixed/shapes.js';
import type { IntNetwork, IntNode } from '../../fixed/types.js';
import { weightedNodes, type WeightedNode } from '../../rtl/fold.js';
import { withReads } from '../../rtl/solve/reads.js';
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

export function plainTwin(network: IntNetwork): IntNetwork {
  return { ...network, name: `${network.name}-plain`, nodes: network.nodes.map(plainNode) };
}

/** PE and SIMD of a layer's fold for the node of the twin, with the rows a word that suit plain weights. */
export function plainLayerFold(node: WeightedNode, { pe, simd }: LayerFold): LayerFold {
  return withReads(node, { pe, simd });
}

/** The fold of a network for its twin. */
export function plainFold(twin: IntNetwork, fold: Fold): Fold {
  return Object.fromEntries(weightedNodes(twin).map((node) => [node.name, plainLayerFold(node, fold[node.name]!)]));
}
