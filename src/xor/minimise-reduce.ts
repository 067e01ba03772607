/**
 * Exact preprocessing of y = M⊕x: each step removes a row or a column and is known to keep the least number of gates.
 *
 * - a row with a single one is an input, a row equal to another is its copy: no gate;
 * - two equal columns are used only as their sum: one gate, one column less (putting one of them to 0 turns a circuit for
 *   the whole into one for the rest and saves at least one gate);
 * - a column used by a single row: one gate adds it to what the row computes without it (same argument).
 *
 * The last two make paths longer, so they are left out under a depth cap. Rows are lists of signals: inputs, or gates
 * that this step has made. Undone in reverse, the steps give each output from the rows that are left.
 */
import { rowTaps } from './matrix.js';
import type { XorGate } from './circuit.js';
import type { XorMatrix } from './types.js';

type Step =
  | { readonly kind: 'copy'; readonly row: number; readonly of: number }
  | { readonly kind: 'single'; readonly row: number; readonly signal: number };

/** M⊕ after preprocessing. */
export interface Reduction {
  readonly nIn: number;
  /** Gates made ahead of the core: signals N_in, N_in+1, … */
  readonly gates: readonly XorGate[];
  /** What is left to build: distinct rows of at least two signals, ascending. */
  readonly core: readonly (readonly number[])[];
  /** The outputs, given the signal of each row of the core; `addGate` appends a gate and returns its signal. */
  readonly expand: (core: readonly number[], addGate: (a: number, b: number) => number) => number[];
}

/** Reduces M⊕; `keepDepth` leaves out the steps that lengthen paths. */
export function reduce(matrix: XorMatrix, keepDepth: boolean): Reduction {
  const rows = rowTaps(matrix).map((taps) => new Set(taps));
  const gates: XorGate[] = [];
  const steps: Step[] = [];
  // Rows that still have to be built: no signal of their own, no copy of another.
  const live = rows.map((_, j) => j);
  for (let changed = true; changed;) {
    dropBuilt(rows, live, steps);
    changed = !keepDepth && (mergeEqualColumns(rows, live, gates, matrix.nIn) || takeSingleColumn(rows, live, steps));
  }
  return {
    nIn: matrix.nIn,
    gates,
    core: live.map((j) => [...rows[j]!].sort((a, b) => a - b)),
    expand(core, addGate) {
      const signals = rows.map((row) => [...row][0]!);
      live.forEach((j, at) => (signals[j] = core[at]!));
      for (const step of [...steps].reverse()) {
        signals[step.row] = step.kind === 'copy' ? signals[step.of]! : addGate(signals[step.row]!, step.signal);
      }
      return signals;
    },
  };
}

/** Takes rows that are a signal or equal to a row before them off the list. */
function dropBuilt(rows: readonly ReadonlySet<number>[], live: number[], steps: Step[]): void {
  const first = new Map<string, number>();
  const kept = live.filter((j) => {
    if (rows[j]!.size < 2) return false;
    const key = [...rows[j]!].sort((a, b) => a - b).join(' ');
    const other = first.get(key);
    if (other === undefined) first.set(key, j);
    else steps.push({ kind: 'copy', row: j, of: other });
    return other === undefined;
  });
  live.splice(0, live.length, ...kept);
}

/** For each signal that live rows use, these rows. */
function columnUses(rows: readonly ReadonlySet<number>[], live: readonly number[]): [number, number[]][] {
  const uses = new Map<number, number[]>();
  for (const j of live) {
    for (const signal of rows[j]!) {
      const list = uses.get(signal);
      if (list === undefined) uses.set(signal, [j]);
      else list.push(j);
    }
  }
  return [...uses].sort(([a], [b]) => a - b);
}

function mergeEqualColumns(
  rows: readonly Set<number>[],
  live: readonly number[],
  gates: XorGate[],
  nIn: number,
): boolean {
  const first = new Map<string, number>();
  for (const [signal, users] of columnUses(rows, live)) {
    const key = users.join(' ');
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, signal);
      continue;
    }
    const sum = nIn + gates.push([other, signal]) - 1;
    for (const j of users) {
      rows[j]!.delete(other);
      rows[j]!.delete(signal);
      rows[j]!.add(sum);
    }
    return true;
  }
  return false;
}

function takeSingleColumn(rows: readonly Set<number>[], live: readonly number[], steps: Step[]): boolean {
  for (const [signal, users] of columnUses(rows, live)) {
    if (users.length > 1) continue;
    rows[users[0]!]!.delete(signal);
    steps.push({ kind: 'single', row: users[0]!, signal });
    return true;
  }
  return false;
}
