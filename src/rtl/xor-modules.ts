/**
 * The XOR circuits of a design as Verilog: a module for each distinct M⊕, its gates as assignments that can be read beside
 * the matrix. A gate that several signals read has a wire of its own, the others stand inside the expression that reads them.
 */
import { plural, range, rangeWidth } from './views/common.js';
import type { MinimisedCircuit } from '../xor/minimise.js';
import type { XorCircuit } from '../xor/circuit.js';
import type { XorCircuits } from './xor-circuits.js';

/** Signals that an expression may read before its gates get wires of their own. */
const LONGEST_EXPRESSION = 6;

/** Begins the names of these modules behind the model's name; layers' names are kept apart from it (names.ts). */
export const XOR_MODULE = 'xor';

export interface XorModule {
  readonly module: string;
  readonly circuit: MinimisedCircuit;
}

/**
 * The modules of a design, in the order in which layers first use them: `MODEL_xor_NIN_NOUT`, a number behind it for further
 * circuits of that size. Appending a layer renames nothing.
 */
export function xorModules(circuits: XorCircuits, model: string): readonly XorModule[] {
  const modules: XorModule[] = [];
  const sizes = new Map<string, number>();
  for (const planes of circuits.values()) {
    for (const circuit of planes) {
      if (modules.some((each) => each.circuit === circuit)) continue;
      const size = `${circuit.nIn}_${circuit.outputs.length}`;
      const count = (sizes.get(size) ?? 0) + 1;
      sizes.set(size, count);
      const module = `${model}_${XOR_MODULE}_${size}${count > 1 ? `_${count}` : ''}`;
      modules.push({ module, circuit });
    }
  }
  return modules;
}

/** The module of each plane of a node. */
export function planeModules(modules: readonly XorModule[], planes: readonly MinimisedCircuit[]): string[] {
  return planes.map((circuit) => modules.find((each) => each.circuit === circuit)!.module);
}

export interface XorText {
  /** Gates with a name, in the order in which one reads another. */
  readonly wires: readonly { readonly name: string; readonly value: string }[];
  /** The expression of each output. */
  readonly outputs: readonly { readonly index: number; readonly value: string }[];
}

/** A circuit's gates as expressions over `x_i`. */
export function xorText({ nIn, gates, outputs }: XorCircuit): XorText {
  const reads = new Array<number>(nIn + gates.length).fill(0);
  for (const signal of [...gates.flat(), ...outputs]) reads[signal]!++;
  const named = new Map<number, string>();
  const wires: { name: string; value: string }[] = [];
  // Per signal: its expression, how many signals that reads, and whether it needs parentheses inside another one.
  const parts: { text: string; size: number }[] = Array.from({ length: nIn }, (_, i) => ({
    text: `x_i[${i}]`,
    size: 1,
  }));
  const name = (signal: number): void => {
    if (signal < nIn || named.has(signal)) return;
    const wire = `g${named.size}`;
    named.set(signal, wire);
    wires.push({ name: wire, value: parts[signal]!.text });
    parts[signal] = { text: wire, size: 1 };
  };
  gates.forEach(([left, right], g) => {
    for (const signal of [left, right]) if (reads[signal]! > 1 && signal >= nIn) name(signal);
    if (parts[left]!.size + parts[right]!.size > LONGEST_EXPRESSION) {
      for (const signal of [left, right]) if (parts[signal]!.size > 1) name(signal);
    }
    const inside = ({ text, size }: { text: string; size: number }) => (size > 1 ? `(${text})` : text);
    parts[nIn + g] = {
      text: `${parts[left]!.text} ^ ${inside(parts[right]!)}`,
      size: parts[left]!.size + parts[right]!.size,
    };
  });
  outputs.forEach((signal) => {
    if (reads[signal]! > 1) name(signal);
  });
  const unread = Array.from({ length: nIn }, (_, i) => i).filter((i) => reads[i] === 0);
  if (unread.length > 0) wires.push({ name: 'unused_x', value: `^{${unread.map((i) => `x_i[${i}]`).join(', ')}}` });
  return { wires, outputs: outputs.map((signal, index) => ({ index, value: parts[signal]!.text })) };
}

export function xorView({ module, circuit }: XorModule, origin: string) {
  const { nIn, outputs, gateCount, depth } = circuit;
  const [inRange, outRange] = [range(nIn), range(outputs.length)];
  return {
    origin,
    module,
    nIn,
    nOut: outputs.length,
    gatesText: `${plural(gateCount, 'gate')}, depth ${depth}`,
    inRange,
    outRange,
    widthWidth: rangeWidth(inRange, outRange),
    ...xorText(circuit),
  };
}
