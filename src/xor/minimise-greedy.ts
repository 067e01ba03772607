/**
 * Greedy pairing (Paar, 1997): the pair of signals that most rows share becomes a gate, until every row is one signal.
 * Ties are broken at random. Never cancels, so each gate saves at least what a chain per row would take; under a depth
 * cap D a row takes a pair only where it can still finish, i.e. where Σ 2^depth over its signals stays at most 2^D.
 */
import { FlexorError } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { XorGate } from './circuit.js';

/** Gates appended to `signals` existing ones, and the signal of each row. */
export interface Built {
  readonly gates: readonly XorGate[];
  readonly rows: readonly number[];
}

/** Pairs a and b < 2^24 as one number. */
const pairKey = (a: number, b: number): number => (a < b ? a * 16777216 + b : b * 16777216 + a);

/** Builds rows (lists of at least one of the signals 0..signals−1, all at depth 0) by greedy pairing. */
export function greedyPairing(
  rows: readonly (readonly number[])[],
  signals: number,
  random: Random,
  maxDepth = Infinity,
): Built {
  return new Pairing(rows, signals, random, maxDepth).run();
}

class Pairing {
  private readonly rows: Set<number>[];
  private readonly depths: number[];
  private readonly gates: XorGate[] = [];
  private readonly counts = new Map<number, number>();
  /** buckets[c]: pairs that had c rows at some time; those whose count has changed are skipped when met. */
  private readonly buckets: number[][] = [];

  constructor(
    rows: readonly (readonly number[])[],
    private readonly signals: number,
    private readonly random: Random,
    private readonly maxDepth: number,
  ) {
    this.rows = rows.map((row) => new Set(row));
    this.depths = new Array<number>(signals).fill(0);
    for (const row of this.rows) {
      if (Math.ceil(Math.log2(row.size)) > maxDepth) {
        throw new FlexorError(
          'usage',
          `M⊕: a row with ${row.size} ones needs a depth of ${Math.ceil(Math.log2(row.size))}, got a cap of ${maxDepth}`,
        );
      }
      const taps = [...row];
      taps.forEach((a, i) => taps.slice(i + 1).forEach((b) => this.change(a, b, 1)));
    }
  }

  run(): Built {
    for (let pair = this.bestShared(); pair !== null; pair = this.bestShared()) this.merge(pair[0], pair[1]);
    for (const row of this.rows) this.finish(row);
    return { gates: this.gates, rows: this.rows.map((row) => [...row][0]!) };
  }

  private change(a: number, b: number, by: number): void {
    const key = pairKey(a, b);
    const count = (this.counts.get(key) ?? 0) + by;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
    // Pairs of a single row share nothing.
    if (count > 1) (this.buckets[count] ??= []).push(key);
  }

  /** A random one of the pairs that most rows share, null where no pair has two. */
  private bestShared(): XorGate | null {
    for (let count = this.buckets.length - 1; count > 1; count--) {
      const bucket = this.buckets[count] ?? [];
      while (bucket.length > 0) {
        const at = this.random.below(bucket.length);
        const key = bucket[at]!;
        bucket[at] = bucket.at(-1)!;
        bucket.pop();
        if (this.counts.get(key) !== count) continue;
        const b = key % 16777216;
        const a = (key - b) / 16777216;
        if (this.users(a, b).length > 1) return [a, b];
      }
    }
    return null;
  }

  /** Rows that hold both signals and can still finish in time when they are paired. */
  private users(a: number, b: number): Set<number>[] {
    return this.rows.filter((row) => row.has(a) && row.has(b) && this.fits(row, a, b));
  }

  private fits(row: ReadonlySet<number>, a: number, b: number): boolean {
    if (this.maxDepth === Infinity) return true;
    let room = 2 ** this.maxDepth - 2 ** (Math.max(this.depths[a]!, this.depths[b]!) + 1);
    for (const signal of row) if (signal !== a && signal !== b) room -= 2 ** this.depths[signal]!;
    return room >= 0;
  }

  private addGate(a: number, b: number): number {
    this.depths.push(Math.max(this.depths[a]!, this.depths[b]!) + 1);
    return this.signals + this.gates.push([a, b]) - 1;
  }

  private merge(a: number, b: number): void {
    const users = this.users(a, b);
    const sum = this.addGate(a, b);
    for (const row of users) {
      row.delete(a);
      row.delete(b);
      this.change(a, b, -1);
      for (const other of row) {
        this.change(a, other, -1);
        this.change(b, other, -1);
        this.change(sum, other, 1);
      }
      row.add(sum);
    }
  }

  /** Sums up what a row shares with none, shallow signals first, which gives the least depth. */
  private finish(row: Set<number>): void {
    while (row.size > 1) {
      const [a, b] = [...row].sort((p, q) => this.depths[p]! - this.depths[q]!);
      row.delete(a!);
      row.delete(b!);
      row.add(this.addGate(a!, b!));
    }
  }
}
