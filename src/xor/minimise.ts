/**
 * A small circuit of two-input XOR gates for y = M⊕x: exact preprocessing (minimise-reduce.ts), greedy pairing as a start
 * (minimise-greedy.ts), then a local search with a budget of steps (minimise-search.ts). The same matrix, seed and budget
 * give the same circuit; every circuit is checked before it is returned. docs/xor.md has the figures.
 */
import { FlexorError, invariant } from '../base/errors.js';
import { Random } from '../base/random.js';
import { greedyPairing } from './minimise-greedy.js';
import type { Built } from './minimise-greedy.js';
import { reduce } from './minimise-reduce.js';
import type { Reduction } from './minimise-reduce.js';
import { Search } from './minimise-search.js';
import type { Keys } from './minimise-search.js';
import { computesMatrix, naiveGateCount, circuitDepth, withoutUnused } from './circuit.js';
import type { XorGate, XorCircuit } from './circuit.js';
import type { XorMatrix } from './types.js';

export interface MinimiseOptions {
  readonly seed?: number;
  /** Steps of the search; 0 keeps the greedy circuit. */
  readonly iterations?: number;
  /** Most gates on any path. Default: no cap. */
  readonly maxDepth?: number;
}

export interface MinimisedCircuit extends XorCircuit {
  readonly gateCount: number;
  readonly depth: number;
  /** Gates of a chain per row. */
  readonly naiveGateCount: number;
}

export const DEFAULT_ITERATIONS = 20_000;
/** Signals above which the search, whose memory grows with their square, leaves the greedy circuit as it is. */
const MAX_SEARCHED = 2500;

/** Minimises M⊕. */
export function minimise(matrix: XorMatrix, options: MinimiseOptions = {}): MinimisedCircuit {
  const { seed = 1, iterations = DEFAULT_ITERATIONS, maxDepth = Infinity } = options;
  if (maxDepth !== Infinity && !(Number.isInteger(maxDepth) && maxDepth >= 0)) {
    throw new FlexorError('usage', `M⊕: the depth cap must be an integer of at least 0, got ${maxDepth}`);
  }
  const random = Random.derive(seed, 'minimise M⊕');
  const reduction = reduce(matrix, maxDepth !== Infinity);
  const variables = [...new Set(reduction.core.flat())].sort((a, b) => a - b);
  const index = new Map(variables.map((signal, i) => [signal, i]));
  const rows = reduction.core.map((row) => row.map((signal) => index.get(signal)!));
  const greedy = greedyPairing(rows, variables.length, random, maxDepth);
  const settings = { seed, iterations, maxDepth };
  const found = searched({ rows, size: variables.length }, greedy, settings, random);
  // Beyond 64 inputs the search works with fingerprints; should two ever collide, the greedy circuit stands.
  const circuits = [found, greedy].map((built) => assemble(reduction, variables, built));
  const circuit = circuits.find((each) => computesMatrix(each, matrix) && circuitDepth(each) <= maxDepth);
  invariant(circuit !== undefined, 'a minimised XOR circuit does not compute its M⊕');
  return {
    ...circuit,
    gateCount: circuit.gates.length,
    depth: circuitDepth(circuit),
    naiveGateCount: naiveGateCount(matrix),
  };
}

/** The best of several searches, from the seed on: fewest gates, then least depth, then the first. */
export function minimiseBest(matrix: XorMatrix, restarts: number, options: MinimiseOptions = {}): MinimisedCircuit {
  const { seed = 1 } = options;
  let best = minimise(matrix, options);
  for (let i = 1; i < restarts; i++) {
    const next = minimise(matrix, { ...options, seed: seed + i });
    if (next.gateCount < best.gateCount || (next.gateCount === best.gateCount && next.depth < best.depth)) best = next;
  }
  return best;
}

/** Rows over the signals 0..size−1. */
interface Core {
  readonly rows: readonly (readonly number[])[];
  readonly size: number;
}

type Settings = Required<MinimiseOptions>;

/** The search from greedy pairing; parts of a matrix that share no input are searched apart, in far fewer steps. */
function searched(core: Core, greedy: Built, settings: Settings, random: Random): Built {
  // A gate for every row, all of which differ, is the least there can be.
  const parts = greedy.gates.length > core.rows.length ? independentParts(core) : [];
  if (parts.length > 1) return joined(core, parts, settings);
  return improve(greedy, core.size, settings.maxDepth, settings.iterations, random);
}

/** Rows that are joined by the inputs that they share, and these inputs. */
interface Part {
  readonly rows: readonly number[];
  readonly inputs: readonly number[];
}

function independentParts({ rows, size }: Core): Part[] {
  const parent = Array.from({ length: size }, (_, i) => i);
  const find = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  };
  for (const row of rows) for (const input of row) parent[find(input)] = find(row[0]!);
  const roots = [...new Set(rows.map((row) => find(row[0]!)))];
  return roots.map((root) => ({
    rows: rows.flatMap((row, j) => (find(row[0]!) === root ? [j] : [])),
    inputs: parent.flatMap((_, i) => (find(i) === root ? [i] : [])),
  }));
}

/** Each part minimised with a share of the steps, and all of them as one circuit. */
function joined(core: Core, parts: readonly Part[], { seed, iterations, maxDepth }: Settings): Built {
  const gates: XorGate[] = [];
  const outputs = new Array<number>(core.rows.length);
  for (const { rows, inputs } of parts) {
    const place = new Map(inputs.map((input, i) => [input, i]));
    const own = { rows: rows.map((j) => core.rows[j]!.map((input) => place.get(input)!)), size: inputs.length };
    const random = Random.derive(seed, 'minimise M⊕');
    const greedy = greedyPairing(own.rows, own.size, random, maxDepth);
    const steps = Math.ceil((iterations * rows.length) / core.rows.length);
    const built = searched(own, greedy, { seed, iterations: steps, maxDepth }, random);
    const signals = [...inputs];
    for (const [a, b] of built.gates) signals.push(core.size + gates.push([signals[a]!, signals[b]!]) - 1);
    built.rows.forEach((signal, at) => (outputs[rows[at]!] = signals[signal]!));
  }
  return { gates, rows: outputs };
}

function improve(greedy: Built, variables: number, maxDepth: number, iterations: number, random: Random): Built {
  if (iterations < 1 || variables + greedy.gates.length > MAX_SEARCHED) return greedy;
  const inputs = inputKeys(variables, random);
  const low = [...inputs.low];
  const high = [...inputs.high];
  for (const [a, b] of greedy.gates) {
    low.push(low[a]! ^ low[b]!);
    high.push(high[a]! ^ high[b]!);
  }
  const pick = (signals: readonly number[]): Keys => ({
    low: signals.map((signal) => low[signal]!),
    high: signals.map((signal) => high[signal]!),
  });
  const gates = greedy.gates.map((_, g) => variables + g);
  const search = new Search(inputs, pick(greedy.rows), pick(gates), maxDepth, random);
  search.run(iterations);
  return search.result();
}

/** Unit vectors, or random fingerprints (sums of values are sums of keys either way) where 64 bits do not hold them. */
function inputKeys(variables: number, random: Random): Keys {
  const all = Array.from({ length: variables }, (_, i) => i);
  if (variables <= 64) {
    return { low: all.map((i) => (i < 32 ? 1 << i : 0)), high: all.map((i) => (i < 32 ? 0 : 1 << (i - 32))) };
  }
  return { low: all.map(() => random.uint32() | 0), high: all.map(() => random.uint32() | 0) };
}

/** Puts the gates of preprocessing and of the core together. */
function assemble(reduction: Reduction, variables: readonly number[], core: Built): XorCircuit {
  const { nIn } = reduction;
  const gates: XorGate[] = [...reduction.gates];
  const addGate = (a: number, b: number): number => nIn + gates.push([a, b]) - 1;
  const signals = [...variables];
  for (const [a, b] of core.gates) signals.push(addGate(signals[a]!, signals[b]!));
  const outputs = reduction.expand(
    core.rows.map((row) => signals[row]!),
    addGate,
  );
  return withoutUnused({ nIn, gates, outputs });
}
