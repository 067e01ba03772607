/** Packets that load another model into hardware whose weights are loadable (hw/flexor_loader.v). */
import { invariant } from '../base/errors.js';
import { checkSameHardware } from '../fixed/same-hardware.js';
import type { IntNetwork } from '../fixed/types.js';
import { weightedNodes } from './lanes.js';
import type { WeightedPlan } from './layers/types.js';
import { loadWords } from './memory-words.js';
import { isLoadable, type Plan } from './plan.js';
import { weightMemory } from './weight-memory.js';

/** First beat of a packet. */
export const LOAD_COMMAND = 1;
export const READ_COMMAND = 2;

/**
 * The packet that loads `other` into the hardware of a plan: the command, then the memories. Throws where `other` differs
 * from the network of the hardware in more than what can be loaded.
 */
export function loadPacket({ layers, network }: Plan, other: IntNetwork): Uint32Array {
  invariant(isLoadable(layers), `the hardware of ${network.name} cannot be loaded`);
  checkSameHardware(network, other);
  const nodes = new Map(weightedNodes(other).map((node) => [node.name, node]));
  const loaded = layers.flatMap((layer): WeightedPlan | [] => {
    if (layer.kind !== 'weighted') return [];
    const node = nodes.get(layer.node.name)!;
    return { ...layer, node, memory: weightMemory(node, layer.fold) };
  });
  return Uint32Array.from([LOAD_COMMAND, ...loadWords(loaded)]);
}

/** A packet as text, one beat of eight hexadecimal digits a line. */
export function packetFile(packet: Uint32Array): string {
  return Array.from(packet, (beat) => `${beat.toString(16).padStart(8, '0')}\n`).join('');
}
