/**
 * Switching of an array of dot products, mirrors hw/flexor_dot_array.v with zero gate delays; registers begin at 0. What adders
 * take, selected and negated, counts as ANDs do in a MAC array. Left out: the registers of first lanes and of signs.
 */
import { changedBits } from '../../../base/bits.js';
import { convGroups } from '../../lanes.js';
import type { WeightedPlan } from '../../layers/types.js';
import { termBits } from '../../shared-sums.js';

/** A value that nets hold, and how many bits it has. */
class Nets {
  private readonly values: Float64Array;
  constructor(
    count: number,
    private readonly bits: number,
  ) {
    this.values = new Float64Array(count);
  }
  /** Bits that change. */
  set(at: number, value: number): number {
    const changed = changedBits(this.values[at]!, value, this.bits);
    this.values[at] = value;
    return changed;
  }
  get(at: number): number {
    return this.values[at]!;
  }
}

/** Sums of one level of the tree over the lanes, with what their adders take. */
interface Level {
  readonly nodes: number;
  readonly bits: number;
  readonly taken: Nets;
  readonly sums: Nets;
}

export class DotArray {
  readonly count = { andToggles: 0, adderToggles: 0, registerToggles: 0, registerClocks: 0 };
  private readonly channels: number;
  private readonly threes: number;
  private readonly pairBits: number;
  private readonly shared: Nets;
  private readonly levels: readonly Level[];
  private readonly taken: Nets;
  /** Accumulators as they go round: [place][channel]; and outputs of their adders. */
  private readonly ring: Nets;
  private readonly totals: Nets;

  constructor(private readonly plan: WeightedPlan) {
    const { node, fold, groups, accBits } = plan;
    const { bits, signed } = node.inputTensor.format;
    this.channels = node.planes.length * fold.pe;
    this.threes = Math.ceil(fold.simd / 3);
    this.pairBits = termBits(1, bits, signed);
    this.shared = new Nets(2 * this.threes, this.pairBits);
    const levels: Level[] = [];
    for (let nodes = this.threes; fold.simd > 2; nodes = Math.ceil(nodes / 2)) {
      const width = this.pairBits + 1 + levels.length;
      const nets = (): Nets => new Nets(this.channels * nodes, width);
      levels.push({ nodes, bits: width, taken: nets(), sums: nets() });
      if (nodes === 1) break;
    }
    this.levels = levels;
    this.taken = new Nets(this.channels, accBits);
    this.ring = new Nets(groups * this.channels, accBits);
    this.totals = new Nets(this.channels, accBits);
  }

  /** One output pixel: all steps of the window, all groups in each. */
  runPixel(windowOf: (group: number) => ArrayLike<number>): void {
    const { plan, count } = this;
    const { steps, groups, fold, accBits } = plan;
    const lanes = new Int32Array(3 * this.threes);
    const windows = Array.from({ length: convGroups(plan.node) }, (_, part) => windowOf(part));
    const hold = groups / windows.length;
    for (let step = 0; step < steps; step++) {
      windows.forEach((window, part) => {
        for (let lane = 0; lane < fold.simd; lane++) lanes[lane] = window[lane * steps + step] ?? 0;
        this.share(lanes);
        for (let group = part * hold; group < (part + 1) * hold; group++) this.addGroup(lanes, step, group);
      });
    }
    const treeBits = this.levels.reduce((sum, { nodes, bits }) => sum + nodes * bits, 0);
    count.registerClocks += steps * groups * this.channels * (treeBits + groups * accBits);
    count.registerClocks += fold.simd === 1 ? 0 : steps * windows.length * 2 * this.threes * this.pairBits;
  }

  /** Sums and differences of a vector. */
  private share(lanes: Int32Array): void {
    const { simd } = this.plan.fold;
    if (simd === 1) return;
    for (let three = 0; three < this.threes; three++) {
      const first = simd === 2 ? 0 : 3 * three + 1;
      const [a, b] = [lanes[first]!, lanes[first + 1]!];
      const changed = this.shared.set(2 * three, a + b) + this.shared.set(2 * three + 1, a - b);
      this.count.adderToggles += changed;
      this.count.registerToggles += changed;
    }
  }

  private addGroup(lanes: Int32Array, step: number, group: number): void {
    const { node, fold, steps, groups } = this.plan;
    const { count, channels } = this;
    const next = new Float64Array(channels);
    for (let channel = 0; channel < channels; channel++) {
      const { codes } = node.planes[Math.floor(channel / fold.pe)]!;
      const column = group * fold.pe + (channel % fold.pe);
      const sign = (lane: number): number => (codes[(lane * steps + step) * node.outChannels + column] ? 1 : -1);
      const term = sign(0) * this.joined(channel, lanes, sign);
      count.andToggles += this.taken.set(channel, term);
      const total = this.ring.get((groups - 1) * channels + channel) + term;
      count.adderToggles += this.totals.set(channel, total);
      next[channel] = total;
    }
    this.turn(next, group === groups - 1 ? step === steps - 1 : step === 0);
  }

  /** What the tree gives a channel: the sum relative to the sign of lane 0. */
  private joined(channel: number, lanes: Int32Array, sign: (lane: number) => number): number {
    const { simd } = this.plan.fold;
    const { count } = this;
    if (simd <= 2) return lanes[0]! + (simd === 2 ? sign(0) * sign(1) * lanes[1]! : 0);
    let below: number[] = [];
    this.levels.forEach(({ nodes, taken, sums }, k) => {
      const first = (node: number): number => 3 * node * 2 ** k;
      const ofLevel = Array.from({ length: nodes }, (_, node) => {
        const at = channel * nodes + node;
        const own = sign(first(node));
        const lane = (l: number): number =>
          first(node) + l < simd ? own * sign(first(node) + l) * lanes[first(node) + l]! : 0;
        const right = 2 * node + 1;
        const other =
          k === 0
            ? lane(1) + lane(2)
            : right < below.length
              ? own * sign(first(node) + first(1) / 2) * below[right]!
              : 0;
        count.andToggles += taken.set(at, other);
        const sum = (k === 0 ? lanes[first(node)]! : below[2 * node]!) + other;
        const changed = sums.set(at, sum);
        count.adderToggles += changed;
        count.registerToggles += changed;
        return sum;
      });
      below = ofLevel;
    });
    return below[0]!;
  }

  /** The accumulators move on by a place; `first`: those at the head begin a pixel, at 0. */
  private turn(next: Float64Array, first: boolean): void {
    const { groups } = this.plan;
    const { ring, channels, count } = this;
    for (let place = groups - 1; place >= 0; place--) {
      for (let channel = 0; channel < channels; channel++) {
        const value = place === 0 ? next[channel]! : ring.get((place - 1) * channels + channel);
        const begins = first && place === groups - 1;
        count.registerToggles += ring.set(place * channels + channel, begins ? 0 : value);
      }
    }
  }
}
