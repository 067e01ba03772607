/** M⊕ of every plane as a circuit of two-input gates. Planes and layers with the same M⊕ get the same circuit, found once. */
import { FlexorError, invariant } from '../base/errors.js';
import type { IntNetwork } from '../fixed/types.js';
import { DEFAULT_CIRCUIT, hardwareCircuit } from '../xor/hardware-circuit.js';
import type { CircuitOptions } from '../xor/hardware-circuit.js';
import { xorMatrix } from '../xor/matrix.js';
import type { MinimisedCircuit } from '../xor/minimise.js';
import { computesMatrix } from '../xor/circuit.js';
import { weightedNodes } from './lanes.js';
import { hexOfBits } from './text.js';

/** By weighted node, a circuit for each plane. */
export type XorCircuits = ReadonlyMap<string, readonly MinimisedCircuit[]>;

/** Minimises each distinct M⊕ once. Throws FlexorError for a depth cap that a row cannot keep. */
export function xorCircuits(network: IntNetwork, options: CircuitOptions = DEFAULT_CIRCUIT): XorCircuits {
  const known = new Map<string, MinimisedCircuit>();
  const byNode = new Map<string, readonly MinimisedCircuit[]>();
  for (const { name, planes } of weightedNodes(network)) {
    const circuits = planes.map(({ nIn, nOut, matrix }) => {
      const key = `${nIn} ${hexOfBits(matrix)}`;
      const found = known.get(key) ?? minimised(nIn, nOut, matrix, options, `layer ${name}`);
      known.set(key, found);
      return found;
    });
    byNode.set(name, circuits);
  }
  return byNode;
}

function minimised(
  nIn: number,
  nOut: number,
  bits: Uint8Array,
  options: CircuitOptions,
  where: string,
): MinimisedCircuit {
  const matrix = xorMatrix(nIn, nOut, bits, where);
  try {
    const circuit = hardwareCircuit(matrix, options);
    invariant(computesMatrix(circuit, matrix), `the XOR circuit of ${where} does not compute its M⊕`);
    return circuit;
  } catch (error) {
    if (error instanceof FlexorError) throw new FlexorError(error.code, `${where}: ${error.message}`);
    throw error;
  }
}
