/**
 * Local search for a small XOR circuit over sets of values (value-set.ts). One step takes a random value that is no
 * target out of the set. Where the rest can still build everything, the circuit has become smaller. Otherwise some
 * values are stuck; every single value that would free all of them (it has to be the sum of a stuck and a reachable
 * value, and of two reachable ones) is listed, and a random one goes in. Circuits of equal size are so walked through
 * until one has a value too many; cancellation comes for free, because nothing says how a value is made. The set never
 * grows, so it can be taken as the result at any time.
 */
import { invariant } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { Built } from './minimise-greedy.js';
import { MAX_MEMBERS, ValueSet } from './value-set.js';

/** Two 32-bit words for each value. */
export interface Keys {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** More stuck values than this are not worth a repair (measured: 24 stops dense 20×16 four gates too early). */
const MAX_STUCK = 64;

/**
 * Pairs that are looked at for a step that was asked for, at most and on average over the run: 5,000 steps take some
 * seconds however large M⊕ is. Dense 30×60 stays below it.
 */
const MOST_PAIRS_A_STEP = 3000;
/** Shorter runs are not cut: they are some seconds at most. */
const LEAST_STEPS = 5000;

export class Search {
  private readonly set: ValueSet;
  private readonly targets: readonly number[];
  /** By slot: 1 for inputs and targets, which stay. */
  private readonly fixed = new Uint8Array(MAX_MEMBERS);
  /** By slot: 1 for the value taken out and for those that it leaves stuck; 1 for those freed again. */
  private readonly stuckMark = new Uint8Array(MAX_MEMBERS);
  private readonly freedMark = new Uint8Array(MAX_MEMBERS);
  /** Pairs of values that were looked at: what the search has cost so far, the same on every machine. */
  private looked = 0;

  /** `inputs`, `targets` and `others` make a circuit; all values are distinct but for repeated targets. */
  constructor(
    private readonly inputs: Keys,
    targets: Keys,
    others: Keys,
    private readonly maxDepth: number,
    private readonly random: Random,
  ) {
    const expected = inputs.low.length + targets.low.length + others.low.length;
    this.set = new ValueSet(inputs.low.length, maxDepth, expected);
    inputs.low.forEach((low, i) => (this.fixed[this.enter(low, inputs.high[i]!)] = 1));
    this.targets = targets.low.map((low, i) => this.enter(low, targets.high[i]!));
    for (const slot of this.targets) this.fixed[slot] = 1;
    others.low.forEach((low, i) => this.enter(low, others.high[i]!));
    invariant(this.set.reach(-1) === this.set.members.length, 'the start of an XOR search is no circuit');
  }

  /** Gates of the circuit at hand. */
  get size(): number {
    return this.set.members.length - this.inputs.low.length;
  }

  /**
   * Takes so many steps; ends early where nothing but inputs and targets is left, which is the least possible, and where a
   * large M⊕ would make them take long.
   */
  run(steps: number): void {
    const { set, random, fixed } = this;
    const least = new Set(this.targets).size + this.inputs.low.length;
    for (let step = 0; step < steps && set.members.length > least; step++) {
      if (this.looked > Math.max(steps, LEAST_STEPS) * MOST_PAIRS_A_STEP) return;
      let taken = random.pick(set.members);
      while (fixed[taken]) taken = random.pick(set.members);
      this.step(taken);
    }
  }

  /** The circuit, with depths as small as the set allows. */
  result(): Built {
    const { set } = this;
    const count = set.reach(-1);
    const signals = new Map<number, number>();
    const gates: (readonly [number, number])[] = [];
    for (let at = 0; at < count; at++) {
      const slot = set.order[at]!;
      signals.set(slot, at);
      if (at < this.inputs.low.length) continue;
      const [a, b] = set.parents(slot);
      gates.push([signals.get(a)!, signals.get(b)!]);
    }
    return { gates, rows: this.targets.map((slot) => signals.get(slot)!) };
  }

  private enter(low: number, high: number): number {
    const slot = this.set.slotOf(low, high);
    return slot >= 0 ? slot : this.set.add(low, high);
  }

  private step(taken: number): void {
    const { set } = this;
    const reached = set.reach(taken);
    if (reached === set.members.length - 1) {
      set.remove(taken);
      return;
    }
    if (set.members.length - 1 - reached > MAX_STUCK) return;
    const stuck = set.members.filter((slot) => set.depths[slot]! < 0 && slot !== taken);
    const candidates = this.repairs(taken, stuck, reached);
    // Under a depth cap a try costs an exchange: only one is made.
    if (this.maxDepth !== Infinity && candidates.length > 0) this.exchange(taken, this.random.pick(candidates));
    while (this.maxDepth === Infinity && candidates.length > 0) {
      const at = this.random.below(candidates.length);
      const [low, high] = candidates[at]!;
      if (this.frees(low, high, stuck)) {
        set.remove(taken);
        set.add(low, high);
        return;
      }
      candidates[at] = candidates.at(-1)!;
      candidates.pop();
    }
  }

  /** Values that are the sum of a stuck and a reachable member and also of two reachable ones. */
  private repairs(taken: number, stuck: readonly number[], reached: number): (readonly [number, number])[] {
    const { set, stuckMark } = this;
    const gone = [...stuck, taken];
    for (const slot of gone) stuckMark[slot] = 1;
    const found: (readonly [number, number])[] = [];
    const highsOf = new Map<number, number[]>();
    this.looked += stuck.length * reached;
    for (const slot of stuck) {
      for (let at = 0; at < reached; at++) {
        const other = set.order[at]!;
        const low = set.low[slot]! ^ set.low[other]!;
        const high = set.high[slot]! ^ set.high[other]!;
        const pairs = set.pairsOf(low, high);
        // One pair is the stuck and the reachable member itself.
        if (pairs < 2 || pairs <= this.pairsWith(gone, low, high)) continue;
        const highs = highsOf.get(low);
        if (set.slotOf(low, high) >= 0 || highs?.includes(high)) continue;
        if (highs === undefined) highsOf.set(low, [high]);
        else highs.push(high);
        found.push([low, high]);
      }
    }
    for (const slot of gone) stuckMark[slot] = 0;
    return found;
  }

  /** Pairs with the given sum of which at least one member cannot be reached. */
  private pairsWith(gone: readonly number[], low: number, high: number): number {
    const { set, stuckMark } = this;
    let pairs = 0;
    for (const slot of gone) {
      const partner = set.slotOf(low ^ set.low[slot]!, high ^ set.high[slot]!);
      if (partner >= 0 && (!stuckMark[partner] || partner > slot)) pairs++;
    }
    return pairs;
  }

  /** Whether all stuck members can be reached once a value is there; only without a depth cap. */
  private frees(low: number, high: number, stuck: readonly number[]): boolean {
    const { set, freedMark } = this;
    const lows = [low];
    const highs = [high];
    for (let at = 0; at < lows.length && lows.length <= stuck.length; at++) {
      for (const slot of stuck) {
        if (freedMark[slot]) continue;
        const restLow = set.low[slot]! ^ lows[at]!;
        const restHigh = set.high[slot]! ^ highs[at]!;
        const rest = set.slotOf(restLow, restHigh);
        const reachable = rest >= 0 ? set.depths[rest]! >= 0 || freedMark[rest] : restLow === low && restHigh === high;
        if (!reachable) continue;
        freedMark[slot] = 1;
        lows.push(set.low[slot]!);
        highs.push(set.high[slot]!);
      }
    }
    for (const slot of stuck) freedMark[slot] = 0;
    return lows.length > stuck.length;
  }

  /** Puts a value in for another, and takes it back where not everything is within the depth cap then. */
  private exchange(taken: number, [low, high]: readonly [number, number]): void {
    const { set } = this;
    const oldLow = set.low[taken]!;
    const oldHigh = set.high[taken]!;
    set.remove(taken);
    const added = set.add(low, high);
    if (set.reach(-1) === set.members.length) return;
    set.remove(added);
    set.add(oldLow, oldHigh);
  }
}
