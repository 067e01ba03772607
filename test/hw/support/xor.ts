/** XOR circuits as the generator writes them, for module tests. */
import { template } from '../../../src/base/template.js';
import { xorView } from '../../../src/rtl/xor-modules.js';
import { hardwareCircuit, type CircuitOptions } from '../../../src/xor/hardware-circuit.js';
import type { XorMatrix } from '../../../src/xor/types.js';

/** The Verilog of a module that computes y_o = M⊕ x_i. */
export function xorVerilog(module: string, matrix: XorMatrix, options?: CircuitOptions): string {
  return template('xor.v', 'verilog')(xorView({ module, circuit: hardwareCircuit(matrix, options) }, 'For a test.'));
}
