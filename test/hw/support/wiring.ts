/** M⊕ as parameters of hw/, as the generator writes them. */
import type { CircuitOptions } from '../../../src/xor/hardware-circuit.js';
import { hardwareCircuit } from '../../../src/xor/hardware-circuit.js';
import type { XorMatrix } from '../../../src/xor/types.js';
import { commonGates, wiring } from '../../../src/rtl/xor-circuits.js';
import { concatBits, constant } from '../../../src/rtl/text.js';
import type { Parameters } from './header.js';

/** Gates and the wirings of all planes; with `spare` gates that no plane needs. */
export function wiringOf(
  planes: readonly XorMatrix[],
  options?: CircuitOptions,
  spare = 0,
): { readonly gates: number; readonly text: string } {
  const networks = planes.map((matrix) => hardwareCircuit(matrix, options));
  const gates = commonGates(networks) + spare;
  return { gates, text: constant(concatBits(...networks.map((network) => wiring(network, gates)))) };
}

/** Parameters of flexor_xor_circuit and flexor_decryptor that say what M⊕ is. */
export function networkParameters(matrix: XorMatrix, options?: CircuitOptions, spare?: number): Parameters {
  const { gates, text } = wiringOf([matrix], options, spare);
  return { NIn: matrix.nIn, NOut: matrix.nOut, Gates: gates, Wiring: text };
}
