/**
 * Switching of the MAC array, counted from the activations of a few images: masked terms, sums of the adder tree,
 * accumulators; where lanes share tables, what a channel reads of them in place of terms, and the adders and registers that
 * fill them. Mirrors hw/flexor_mac_array.v and flexor_lane_tables.v with zero gate delays; registers begin at 0. The weights
 * are the decrypted codes, so the count holds with and without encryption. Left out: the registers that carry activations,
 * the memories of the tables, the requantiser.
 */
import { changedBits } from '../../../base/bits.js';
import { convGroups } from '../../lanes.js';
import type { WeightedPlan } from '../../layers/types.js';

import { DotArray } from '../dot-array/activity.js';
import { windowAt } from '../window/at.js';

/** Switching of the MAC array in a frame: mean over the images. The same with and without encryption. */
export interface MacActivity {
  readonly images: number;
  readonly andToggles: number;
  readonly adderToggles: number;
  readonly registerToggles: number;
  readonly registerClocks: number;
}

type Count = Omit<MacActivity, 'images'>;

/** Mean a frame over the images; `inputs`: the layer's input tensor for each of them, NHWC. */
export function macActivity(plan: WeightedPlan, inputs: readonly ArrayLike<number>[]): MacActivity {
  const array = plan.sharedSums ? new DotArray(plan) : new MacArray(plan);
  for (const input of inputs) {
    for (let pixel = 0; pixel < plan.pixels; pixel++)
      array.runPixel((group) => windowAt(plan.node, input, pixel, group));
  }
  const mean = (count: number): number => count / inputs.length;
  const { andToggles, adderToggles, registerToggles, registerClocks } = array.count;
  return {
    images: inputs.length,
    andToggles: mean(andToggles),
    adderToggles: mean(adderToggles),
    registerToggles: mean(registerToggles),
    registerClocks: mean(registerClocks),
  };
}

/** State of all nets that are counted. */
class MacArray {
  readonly count: { -readonly [key in keyof Count]: number } = {
    andToggles: 0,
    adderToggles: 0,
    registerToggles: 0,
    registerClocks: 0,
  };
  /** Heaps as in hw/flexor_adder_tree.v: node n adds nodes 2n and 2n + 1, leaves at the places from their number on; one a channel. */
  private readonly trees: Int32Array;
  private readonly sumTree: Int32Array;
  /** Accumulators: [group][plane][channel of the group]. */
  private readonly accumulators: Float64Array;
  /** Outputs of the accumulator adders of the cycle before. */
  private readonly totals: Float64Array;
  /** Σ a of each group of the convolution. */
  private readonly sums: Float64Array;
  /** Width of each heap node. */
  private readonly nodeBits: Uint8Array;
  private readonly channels: number;
  /** What a tree adds up: lanes, or tables of them, whose entries have so many bits. */
  private readonly leaves: number;
  private readonly leafBits: number;
  /** Partial sums of each table as they are filled in. */
  private readonly values: Int32Array;

  constructor(private readonly plan: WeightedPlan) {
    const { simd, pe } = plan.fold;
    this.channels = plan.node.planes.length * pe;
    const { tableLanes } = plan;
    this.leaves = tableLanes === 0 ? simd : Math.ceil(simd / tableLanes);
    this.leafBits = plan.node.inputTensor.format.bits + (tableLanes === 0 ? 0 : Math.ceil(Math.log2(tableLanes)));
    this.values = new Int32Array(this.leaves);
    this.trees = new Int32Array(this.channels * 2 * this.leaves);
    this.sumTree = new Int32Array(2 * this.leaves);
    this.accumulators = new Float64Array(plan.groups * this.channels);
    this.totals = new Float64Array(this.channels);
    this.sums = new Float64Array(convGroups(plan.node));
    const levels = Math.ceil(Math.log2(this.leaves));
    this.nodeBits = Uint8Array.from({ length: 2 * this.leaves }, (_, n) => {
      const depth = n === 0 ? 0 : Math.ceil(Math.log2(n + 1)) - 1;
      return this.leafBits + levels - depth;
    });
  }

  /** One output pixel: all steps of the window, all groups in each. */
  runPixel(windowOf: (group: number) => ArrayLike<number>): void {
    const { steps, groups, fold, sumBits, accBits, tableLanes } = this.plan;
    const terms = new Int32Array(fold.simd);
    const windows = Array.from({ length: this.sums.length }, (_, part) => windowOf(part));
    const hold = groups / windows.length;
    for (let step = 0; step < steps; step++) {
      // Past its stretch the last lane idles with zeros.
      windows.forEach((window, part) => {
        for (let lane = 0; lane < fold.simd; lane++) terms[lane] = window[lane * steps + step] ?? 0;
        this.addSum(terms, step, part);
        for (let group = part * hold; group < (part + 1) * hold; group++) this.addGroup(terms, step, group);
      });
    }
    // Sums over lanes, those of the channels and Σ a, are registered in every cycle; Σ a grows once a step.
    const laneBits = fold.simd === 1 ? 0 : (this.channels + 1) * this.nodeBits[1]!;
    const filling = tableLanes === 0 ? 0 : this.leaves * this.leafBits;
    this.count.registerClocks +=
      steps * (groups * (laneBits + filling + this.channels * accBits) + windows.length * sumBits);
  }

  private addSum(terms: Int32Array, step: number, part: number): void {
    const laneSum = this.plan.tableLanes === 0 ? this.addLanes(terms) : this.fillTables(terms);
    const total = (step === 0 ? 0 : this.sums[part]!) + laneSum;
    const changed = changedBits(this.sums[part]!, total, this.plan.sumBits);
    this.count.adderToggles += changed;
    this.count.registerToggles += changed;
    this.sums[part] = total;
  }

  private addLanes(terms: Int32Array): number {
    const { simd } = this.plan.fold;
    this.sumTree.set(terms, simd);
    return simd === 1 ? terms[0]! : this.addTree(this.sumTree, 0, true);
  }

  /** Every entry in the order of the Gray code; the sum of all lanes stands in the one whose bits are all 1. */
  private fillTables(terms: Int32Array): number {
    const entries = 2 ** this.plan.tableLanes;
    let total = 0;
    for (let at = 0; at < entries; at++) {
      const entry = at ^ (at >> 1);
      for (let table = 0; table < this.leaves; table++) {
        const value = this.partialSum(terms, table, (lane) => (entry >> lane) & 1);
        const changed = changedBits(this.values[table]!, value, this.leafBits);
        this.count.adderToggles += changed;
        this.count.registerToggles += changed;
        this.values[table] = this.sumTree[this.leaves + table] = value;
      }
      const all = this.leaves === 1 ? this.values[0]! : this.addTree(this.sumTree, 0, false);
      if (entry === entries - 1) total = all;
    }
    return total;
  }

  /** Of those lanes of a table whose bit is 1. */
  private partialSum(terms: Int32Array, table: number, bit: (lane: number) => number): number {
    const first = table * this.plan.tableLanes;
    let sum = 0;
    for (let lane = 0; lane < this.plan.tableLanes && first + lane < terms.length; lane++) {
      if (bit(lane) === 1) sum += terms[first + lane]!;
    }
    return sum;
  }

  private addGroup(terms: Int32Array, step: number, group: number): void {
    const { node, fold, steps, accBits, tableLanes } = this.plan;
    const { pe } = fold;
    for (let channel = 0; channel < this.channels; channel++) {
      const { codes } = node.planes[Math.floor(channel / pe)]!;
      const column = group * pe + (channel % pe);
      const at = channel * 2 * this.leaves;
      const weight = (lane: number): number => codes[(lane * steps + step) * node.outChannels + column]!;
      for (let leaf = 0; leaf < this.leaves; leaf++) {
        const first = leaf * tableLanes;
        const own = (lane: number): number => weight(first + lane);
        const masked = tableLanes > 0 ? this.partialSum(terms, leaf, own) : weight(leaf) ? terms[leaf]! : 0;
        const changed = changedBits(this.trees[at + this.leaves + leaf]!, masked, this.leafBits);
        this.count.andToggles += changed;
        // The sum over lanes is a register; of a single table it is what was read.
        if (tableLanes > 0 && this.leaves === 1) this.count.registerToggles += changed;
        this.trees[at + this.leaves + leaf] = masked;
      }
      const term = this.leaves === 1 ? this.trees[at + 1]! : this.addTree(this.trees, at, true);
      const stored = group * this.channels + channel;
      const total = (step === 0 ? 0 : this.accumulators[stored]!) + term;
      this.count.adderToggles += changedBits(this.totals[channel]!, total, accBits);
      this.count.registerToggles += changedBits(this.accumulators[stored]!, total, accBits);
      this.totals[channel] = total;
      this.accumulators[stored] = total;
    }
  }

  /** Adds up a heap whose leaves are set; `registered`: its root is a register. */
  private addTree(heap: Int32Array, at: number, registered: boolean): number {
    for (let n = this.leaves - 1; n >= 1; n--) {
      const total = heap[at + 2 * n]! + heap[at + 2 * n + 1]!;
      const changed = changedBits(heap[at + n]!, total, this.nodeBits[n]!);
      this.count.adderToggles += changed;
      if (n === 1 && registered) this.count.registerToggles += changed;
      heap[at + n] = total;
    }
    return heap[at + 1]!;
  }
}
