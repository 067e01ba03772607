/**
 * The state of the search for a small XOR circuit: a set of values (sums of inputs, as keys of 64 bits) without any order
 * or wiring. Inputs and targets always belong to it, other values come and go. The set is a circuit when every value can
 * be reached from the inputs: a value is reachable when it is the sum of two reachable ones (within the depth cap).
 *
 * Kept up to date: triples of members with sum 0 (each says how to make one of them from the other two), and, for every
 * key, of how many pairs of members it is the sum.
 */
import { KeyTable } from './key-table.js';

/** Slots of two members in one small integer. */
const SHIFT = 15;
const MASK = (1 << SHIFT) - 1;
export const MAX_MEMBERS = 1 << SHIFT;

export class ValueSet {
  /** Key of the member in each slot. */
  readonly low: number[] = [];
  readonly high: number[] = [];
  /** Slots in use, in no particular order; the first `inputs` are the inputs 0..inputs−1. */
  readonly members: number[] = [];
  /** For each slot, the pairs of other members whose sum it is. */
  private readonly triples: number[][] = [];
  private readonly position: number[] = [];
  private readonly free: number[] = [];
  private readonly slots: KeyTable;
  private readonly sums: KeyTable;

  /** Results of `reach`: depth of each slot, −1 where it cannot be reached, and the order in which they were. */
  readonly depths: Int32Array;
  readonly order: Int32Array;
  private readonly met = new Uint8Array(MAX_MEMBERS);

  constructor(
    readonly inputs: number,
    private readonly maxDepth: number,
    expected: number,
  ) {
    this.slots = new KeyTable(expected);
    this.sums = new KeyTable((expected * expected) / 2);
    this.depths = new Int32Array(MAX_MEMBERS);
    this.order = new Int32Array(MAX_MEMBERS);
  }

  /** Slot of a value, −1 where it is no member. */
  slotOf(low: number, high: number): number {
    return this.slots.get(low, high) - 1;
  }

  /** Of how many pairs of members a value is the sum. */
  pairsOf(low: number, high: number): number {
    return this.sums.get(low, high);
  }

  add(low: number, high: number): number {
    const slot = this.free.pop() ?? this.low.push(0) - 1;
    this.low[slot] = low;
    this.high[slot] = high;
    const own: number[] = (this.triples[slot] = []);
    for (const a of this.members) {
      const sumLow = low ^ this.low[a]!;
      const sumHigh = high ^ this.high[a]!;
      this.sums.add(sumLow, sumHigh, 1);
      const b = this.slotOf(sumLow, sumHigh);
      if (b >= 0) {
        this.triples[a]!.push((slot << SHIFT) | b);
        if (a < b) own.push((a << SHIFT) | b);
      }
    }
    this.position[slot] = this.members.push(slot) - 1;
    this.slots.add(low, high, slot + 1);
    return slot;
  }

  remove(slot: number): void {
    const low = this.low[slot]!;
    const high = this.high[slot]!;
    for (const pair of this.triples[slot]!) {
      this.dropTriple(pair >> SHIFT, slot);
      this.dropTriple(pair & MASK, slot);
    }
    const last = this.members.pop()!;
    if (last !== slot) {
      this.members[this.position[slot]!] = last;
      this.position[last] = this.position[slot]!;
    }
    this.slots.add(low, high, -slot - 1);
    this.free.push(slot);
    for (const a of this.members) this.sums.add(low ^ this.low[a]!, high ^ this.high[a]!, -1);
  }

  private dropTriple(of: number, slot: number): void {
    const list = this.triples[of]!;
    const at = list.findIndex((pair) => pair >> SHIFT === slot || (pair & MASK) === slot);
    list[at] = list.at(-1)!;
    list.pop();
  }

  /**
   * What the inputs and the other members can build without `without` (−1: with all); returns how many. Breadth first, so
   * that depths are the least possible ones.
   */
  reach(without: number): number {
    const { depths, order, maxDepth } = this;
    for (const slot of this.members) depths[slot] = -1;
    // A slot counts as met when it has been taken from the queue; `met` is its end.
    let end = 0;
    for (let i = 0; i < this.inputs; i++) {
      depths[i] = 0;
      order[end++] = i;
    }
    const met = this.met;
    met.fill(0, 0, this.low.length);
    for (let at = 0; at < end; at++) {
      const slot = order[at]!;
      met[slot] = 1;
      const depth = depths[slot]! + 1;
      if (depth > maxDepth) continue;
      for (const pair of this.triples[slot]!) {
        const a = pair >> SHIFT;
        const b = pair & MASK;
        const other = met[a] ? b : met[b] ? a : -1;
        if (other < 0 || depths[other]! >= 0 || other === without) continue;
        depths[other] = depth;
        order[end++] = other;
      }
    }
    return end;
  }

  /** Two members of less depth whose sum is this one, after `reach`. */
  parents(slot: number): readonly [number, number] {
    const { depths } = this;
    for (const pair of this.triples[slot]!) {
      const a = depths[pair >> SHIFT]!;
      const b = depths[pair & MASK]!;
      if (a >= 0 && b >= 0 && Math.max(a, b) < depths[slot]!) return [pair >> SHIFT, pair & MASK];
    }
    throw new Error('internal: an XOR value has no parents');
  }
}
