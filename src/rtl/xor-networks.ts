/**
 * M⊕ of every plane as a network of two-input gates, and as the constant that hw/flexor_xor_network.v takes. Planes and
 * layers with the same M⊕ get the same network, found once.
 */
import { FlexorError, invariant } from '../base/errors.js';
import type { IntNetwork } from '../fixed/types.js';
import { DEFAULT_NETWORK, hardwareNetwork } from '../xor/hardware-network.js';
import type { NetworkOptions } from '../xor/hardware-network.js';
import { xorMatrix } from '../xor/matrix.js';
import type { MinimisedNetwork } from '../xor/minimise.js';
import { computesMatrix } from '../xor/network.js';
import type { XorNetwork } from '../xor/network.js';
import { weightedNodes } from './fold.js';
import { bitsOfInteger, concatBits, hexOfBits } from './text.js';

/** By weighted node, a network for each plane. */
export type XorNetworks = ReadonlyMap<string, readonly MinimisedNetwork[]>;

/** Bits that name a signal of a network. */
const SIGNAL_BITS = 16;

/** Minimises each distinct M⊕ once. Throws FlexorError for a depth cap that a row cannot keep. */
export function xorNetworks(network: IntNetwork, options: NetworkOptions = DEFAULT_NETWORK): XorNetworks {
  const known = new Map<string, MinimisedNetwork>();
  const byNode = new Map<string, readonly MinimisedNetwork[]>();
  for (const { name, planes } of weightedNodes(network)) {
    const networks = planes.map(({ nIn, nOut, matrix }) => {
      const key = `${nIn} ${hexOfBits(matrix)}`;
      const found = known.get(key) ?? minimised(nIn, nOut, matrix, options, `layer ${name}`);
      known.set(key, found);
      return found;
    });
    byNode.set(name, networks);
  }
  return byNode;
}

function minimised(
  nIn: number,
  nOut: number,
  bits: Uint8Array,
  options: NetworkOptions,
  where: string,
): MinimisedNetwork {
  const matrix = xorMatrix(nIn, nOut, bits, where);
  try {
    const network = hardwareNetwork(matrix, options);
    invariant(computesMatrix(network, matrix), `the XOR network of ${where} does not compute its M⊕`);
    return network;
  } catch (error) {
    if (error instanceof FlexorError) throw new FlexorError(error.code, `${where}: ${error.message}`);
    throw error;
  }
}

/** Gates that the planes of a layer are given, so that one parameter serves all: as many as the largest network has. */
export function commonGates(networks: readonly XorNetwork[]): number {
  return Math.max(...networks.map(({ gates }) => gates.length));
}

/**
 * Wiring of a network of `count` gates, 16 bits a signal: of each output, then the two of each gate. Gates past the
 * network's own read signal 0 twice, and nobody reads them.
 */
export function wiring({ nIn, gates, outputs }: XorNetwork, count: number): Uint8Array {
  invariant(nIn + count < 2 ** SIGNAL_BITS, `an XOR network of ${nIn + count} signals`);
  const spare = new Array<number>(2 * (count - gates.length)).fill(0);
  const signals = [...outputs, ...gates.flat(), ...spare];
  return concatBits(...signals.map((signal) => bitsOfInteger(signal, SIGNAL_BITS)));
}
