/** Each XOR module of a design against the M⊕ of every plane that uses it. */
import { FlexorError } from '../../base/errors.js';
import type { Design } from '../../rtl/design.js';
import { weightedNodes } from '../../rtl/lanes.js';
import { planeModules, xorModules } from '../../rtl/xor-modules.js';
import type { XorMatrix } from '../../xor/types.js';
import { circuitOfVerilog } from './circuit.js';
import type { CircuitCheck } from './types.js';

/** Path of a module of the design. */
export function moduleFile(module: string): string {
  return `rtl/${module}.v`;
}

/** `matrices`: M⊕ of every plane of a layer, from the model. */
export function checkCircuits(
  { network, circuits, names }: Design,
  matrices: (layer: string) => readonly XorMatrix[],
  read: (path: string) => string,
): CircuitCheck[] {
  const modules = xorModules(circuits, names.model);
  const users = weightedNodes(network).flatMap(({ name }) =>
    planeModules(modules, circuits.get(name)!).map((module, plane) => ({ module, layer: name, plane })),
  );
  return modules.map(({ module, circuit }) => {
    const of = users.filter((user) => user.module === module);
    const layers = [...new Set(of.map(({ layer }) => layer))];
    const facts = { module, nIn: circuit.nIn, nOut: circuit.outputs.length, layers };
    const fault = circuitFault(read(moduleFile(module)), module, of, matrices);
    return { ...facts, fault: fault && `module ${module} (layer ${layers.join(', ')}): ${fault}` };
  });
}

interface User {
  readonly layer: string;
  readonly plane: number;
}

function circuitFault(
  text: string,
  module: string,
  users: readonly User[],
  matrices: (layer: string) => readonly XorMatrix[],
): string | null {
  let rows: XorMatrix;
  try {
    rows = circuitOfVerilog(text, module);
  } catch (error) {
    if (error instanceof FlexorError) return error.message;
    throw error;
  }
  for (const { layer, plane } of users) {
    const wanted = matrices(layer)[plane]!;
    if (rows.nIn !== wanted.nIn || rows.nOut !== wanted.nOut) {
      return `must have ${wanted.nIn} inputs and ${wanted.nOut} outputs, got ${rows.nIn} and ${rows.nOut}`;
    }
    const at = rows.bits.findIndex((bit, i) => bit !== wanted.bits[i]);
    if (at < 0) continue;
    const [row, column] = [Math.floor(at / wanted.nIn), at % wanted.nIn];
    const sums = wanted.bits[at] === 1 ? 'must sum' : 'must not sum';
    return `y_o[${row}] ${sums} x_i[${column}], as row ${row} of M⊕ of plane ${plane} says`;
  }
  return null;
}
