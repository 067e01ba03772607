/** The loader of a top, and the place of each layer on the load bus. */
import { loadWords } from '../memory-words.js';
import { frameNumberBits, isLoadable, memoryBanks, weightedLayers, type Plan } from '../plan.js';
import { range } from './common.js';
import type { NamedValues } from './instances.js';
import { loadConnections, loadLink, loadWires } from './load-bus.js';

/** The loader and its chain through the weighted layers; null where weights are fixed. */
export function loadView(plan: Plan) {
  if (!isLoadable(plan.layers)) return null;
  const layers = weightedLayers(plan);
  const weighted = layers.length;
  const frameBits = frameNumberBits(plan);
  return {
    words: loadWords(layers).length,
    frameBits,
    banks: memoryBanks(plan),
    switchRange: range(frameBits + 1),
    wires: loadWires('load', weighted + 1),
    first: loadLink('load', 0),
    last: loadLink('load', weighted),
    settledMsb: weighted - 1,
  };
}

/** A layer's place on the load bus, where it holds weights that can be loaded. */
export function linkConnections(plan: Plan, layer: number): NamedValues {
  if (!isLoadable(plan.layers) || plan.layers[layer]!.kind !== 'weighted') return [];
  const index = plan.layers.slice(0, layer).filter(({ kind }) => kind === 'weighted').length;
  return [
    ...loadConnections(loadLink('load', index), loadLink('load', index + 1)),
    ['switch_i', 'load_switch'],
    ['settled_o', `load_settled[${index}]`],
  ];
}
