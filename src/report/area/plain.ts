/**
 * The plain twin: the same network with every weight bit stored as it is (M⊕ = 1, N_in = N_out = 1). Its hardware has the
 * same structure and no XOR gates, so the difference is what FleXOR costs and saves.
 */
import { isWeighted } from '../../fixed/shapes.js';
import type { IntNetwork, IntNode } from '../../fixed/types.js';

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
