/**
 * Switching of the MAC array, counted from the activations of a few images: masked terms, sums of the adder tree,
 * accumulators. Mirrors hw/flexor_mac_array.v with zero gate delays; registers begin at 0. The weights are the decrypted
 * codes, so the count holds with and without encryption. Left out: the registers that carry activations, the requantiser.
 */
import { onesOf } from '../../../base/bits.js';
import { convGroups } from '../../lanes.js';
import type { WeightedPlan } from '../../layers/types.js';

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
  const array = new MacArray(plan);
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
  /** Heaps as in hw/flexor_adder_tree.v: node n adds nodes 2n and 2n + 1, terms at Simd to 2·Simd − 1; one a channel. */
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

  constructor(private readonly plan: WeightedPlan) {
    const { simd, pe } = plan.fold;
    this.channels = plan.node.planes.length * pe;
    this.trees = new Int32Array(this.channels * 2 * simd);
    this.sumTree = new Int32Array(2 * simd);
    this.accumulators = new Float64Array(plan.groups * this.channels);
    this.totals = new Float64Array(this.channels);
    this.sums = new Float64Array(convGroups(plan.node));
    const levels = Math.ceil(Math.log2(simd));
    this.nodeBits = Uint8Array.from({ length: 2 * simd }, (_, n) => {
      const depth = n === 0 ? 0 : Math.ceil(Math.log2(n + 1)) - 1;
      return plan.node.inputTensor.format.bits + levels - depth;
    });
  }

  /** One output pixel: all steps of the window, all groups in each. */
  runPixel(windowOf: (group: number) => ArrayLike<number>): void {
    const { steps, groups, fold, sumBits, accBits } = this.plan;
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
    this.count.registerClocks += steps * (groups * (laneBits + this.channels * accBits) + windows.length * sumBits);
  }

  private addSum(terms: Int32Array, step: number, part: number): void {
    const { simd } = this.plan.fold;
    this.sumTree.set(terms, simd);
    const laneSum = simd === 1 ? terms[0]! : this.addTree(this.sumTree, 0);
    const total = (step === 0 ? 0 : this.sums[part]!) + laneSum;
    const changed = changedBits(this.sums[part]!, total, this.plan.sumBits);
    this.count.adderToggles += changed;
    this.count.registerToggles += changed;
    this.sums[part] = total;
  }

  private addGroup(terms: Int32Array, step: number, group: number): void {
    const { node, fold, steps, accBits } = this.plan;
    const { simd, pe } = fold;
    for (let channel = 0; channel < this.channels; channel++) {
      const { codes } = node.planes[Math.floor(channel / pe)]!;
      const column = group * pe + (channel % pe);
      const at = channel * 2 * simd;
      for (let lane = 0; lane < simd; lane++) {
        const term = codes[(lane * steps + step) * node.outChannels + column] ? terms[lane]! : 0;
        this.count.andToggles += changedBits(this.trees[at + simd + lane]!, term, node.inputTensor.format.bits);
        this.trees[at + simd + lane] = term;
      }
      const term = simd === 1 ? this.trees[at + 1]! : this.addTree(this.trees, at);
      const stored = group * this.channels + channel;
      const total = (step === 0 ? 0 : this.accumulators[stored]!) + term;
      this.count.adderToggles += changedBits(this.totals[channel]!, total, accBits);
      this.count.registerToggles += changedBits(this.accumulators[stored]!, total, accBits);
      this.totals[channel] = total;
      this.accumulators[stored] = total;
    }
  }

  /** Adds up a heap whose terms are set; its root is registered. */
  private addTree(heap: Int32Array, at: number): number {
    const { simd } = this.plan.fold;
    for (let n = simd - 1; n >= 1; n--) {
      const total = heap[at + 2 * n]! + heap[at + 2 * n + 1]!;
      const changed = changedBits(heap[at + n]!, total, this.nodeBits[n]!);
      this.count.adderToggles += changed;
      if (n === 1) this.count.registerToggles += changed;
      heap[at + n] = total;
    }
    return heap[at + 1]!;
  }
}

/** Bits in which two integers differ, as two's complement numbers of `bits` bits (at most 53). */
export function changedBits(a: number, b: number, bits: number): number {
  const low = onesOf(bits < 32 ? (a ^ b) & ((1 << bits) - 1) : a ^ b);
  if (bits <= 32) return low;
  const high = (x: number): number => Math.floor(x / 2 ** 32) | 0;
  return low + onesOf((high(a) ^ high(b)) & (2 ** (bits - 32) - 1));
}
