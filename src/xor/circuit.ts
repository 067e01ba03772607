/**
 * A circuit of two-input XOR gates that computes y = M⊕·x. Signals 0..N_in−1 are the inputs, N_in+g is gate g; gates
 * stand in an order in which every gate reads only signals before it.
 */
import { invariant } from '../base/errors.js';
import { rowTaps } from './matrix.js';
import type { XorMatrix } from './types.js';

/** Signals that a gate reads. */
export type XorGate = readonly [a: number, b: number];

export interface XorCircuit {
  readonly nIn: number;
  readonly gates: readonly XorGate[];
  /** Signal of each of the N_out outputs; outputs may share a signal and may be inputs. */
  readonly outputs: readonly number[];
}

/** A chain of XORs for every row on its own: what M⊕ costs where nothing is shared (two equal rows count twice). */
export function naiveGateCount(matrix: XorMatrix): number {
  return rowTaps(matrix).reduce((sum, taps) => sum + taps.length - 1, 0);
}

/** Gates between an input and each signal on the longest path. */
export function signalDepths({ nIn, gates }: XorCircuit): number[] {
  const depths = new Array<number>(nIn).fill(0);
  for (const [a, b] of gates) depths.push(Math.max(depths[a]!, depths[b]!) + 1);
  return depths;
}

/** Gates on the longest path to an output. */
export function circuitDepth(circuit: XorCircuit): number {
  const depths = signalDepths(circuit);
  return circuit.outputs.reduce((depth, signal) => Math.max(depth, depths[signal]!), 0);
}

/** Outputs for one input vector, a 0 or 1 per element. */
export function evaluateCircuit({ nIn, gates, outputs }: XorCircuit, input: ArrayLike<number>): Uint8Array {
  const signals = new Uint8Array(nIn + gates.length);
  for (let i = 0; i < nIn; i++) signals[i] = input[i]!;
  gates.forEach(([a, b], g) => (signals[nIn + g] = signals[a]! ^ signals[b]!));
  return Uint8Array.from(outputs, (signal) => signals[signal]!);
}

/** The row of M⊕ that each output computes, worked out symbolically: N_out rows of N_in bits. */
export function circuitRows({ nIn, gates, outputs }: XorCircuit): Uint8Array {
  const rows = Array.from({ length: nIn }, (_, i) => Uint8Array.from({ length: nIn }, (__, k) => (k === i ? 1 : 0)));
  for (const [a, b] of gates) rows.push(rows[a]!.map((bit, i) => bit ^ rows[b]![i]!));
  const result = new Uint8Array(outputs.length * nIn);
  outputs.forEach((signal, j) => result.set(rows[signal]!, j * nIn));
  return result;
}

/** Whether a circuit computes M⊕: symbolically, and by running every basis vector through its gates. */
export function computesMatrix(circuit: XorCircuit, matrix: XorMatrix): boolean {
  const { nIn, nOut, bits } = matrix;
  if (circuit.nIn !== nIn || circuit.outputs.length !== nOut) return false;
  if (circuit.gates.some(([a, b], g) => a < 0 || b < 0 || a >= nIn + g || b >= nIn + g)) return false;
  const rows = circuitRows(circuit);
  if (rows.some((bit, at) => bit !== bits[at])) return false;
  const basis = new Uint8Array(nIn);
  for (let i = 0; i < nIn; i++) {
    basis[i] = 1;
    const column = evaluateCircuit(circuit, basis);
    if (column.some((bit, j) => bit !== bits[j * nIn + i])) return false;
    basis[i] = 0;
  }
  return true;
}

/** The same circuit without gates that no output needs. */
export function withoutUnused({ nIn, gates, outputs }: XorCircuit): XorCircuit {
  const needed = new Uint8Array(nIn + gates.length);
  for (const signal of outputs) needed[signal] = 1;
  for (let g = gates.length - 1; g >= 0; g--) {
    if (needed[nIn + g]) for (const signal of gates[g]!) needed[signal] = 1;
  }
  const renamed = new Int32Array(nIn + gates.length).fill(-1);
  for (let i = 0; i < nIn; i++) renamed[i] = i;
  const kept: XorGate[] = [];
  gates.forEach(([a, b], g) => {
    if (!needed[nIn + g]) return;
    renamed[nIn + g] = nIn + kept.length;
    kept.push([renamed[a]!, renamed[b]!]);
  });
  invariant(
    kept.every(([a, b]) => a >= 0 && b >= 0),
    'an XOR gate reads a signal behind it',
  );
  return { nIn, gates: kept, outputs: outputs.map((signal) => renamed[signal]!) };
}
