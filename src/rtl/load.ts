/** Packets that load another model into hardware whose weights are loadable (hw/flexor_loader.v). */
import { invariant } from '../base/errors.js';
import { isWeighted } from '../fixed/shapes.js';
import { checkSameHardware } from '../fixed/same-hardware.js';
import type { IntNetwork } from '../fixed/types.js';
import { checkedFold } from './solve/choose.js';
import { loadWords } from './memory-words.js';
import { planNetwork } from './plan.js';
import type { Fold } from './types.js';

/** First beat of a packet. */
export const LOAD_COMMAND = 1;
export const READ_COMMAND = 2;

/** Every weighted layer's weights, multipliers and betas can be loaded. */
export function isLoadable(network: IntNetwork): boolean {
  return network.nodes.every((node) => !isWeighted(node) || node.weights === 'ram');
}

/**
 * The packet that loads `other` into the hardware of `network` with this fold: the command, then the memories. Throws
 * where the two differ in more than what can be loaded.
 */
export function loadPacket(network: IntNetwork, other: IntNetwork, fold: Fold): Uint32Array {
  invariant(isLoadable(network), `the hardware of ${network.name} cannot be loaded`);
  checkSameHardware(network, other);
  const words = loadWords(planNetwork(other, checkedFold(other, fold)));
  return Uint32Array.from([LOAD_COMMAND, ...words]);
}

/** A packet as text, one beat of eight hexadecimal digits a line. */
export function packetFile(packet: Uint32Array): string {
  return Array.from(packet, (beat) => `${beat.toString(16).padStart(8, '0')}\n`).join('');
}
