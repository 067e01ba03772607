/** Where lanes of a fold may share sums and differences (hw/flexor_dot_array.v), and how wide their dot products are. */
import type { WeightedNode } from './lanes.js';
import type { LayerFold } from './types.js';

/** Weights are -1 and +1, which the bits of integers are not; and there are no tables. */
export function maySumsBeShared(node: WeightedNode, { tableLanes = 0 }: LayerFold): boolean {
  return node.twosComplement !== true && tableLanes === 0;
}

/** The rule that the fold's own wish breaks; null where it has none or may have it. */
export function sharedSumsRule(node: WeightedNode, fold: LayerFold): string | null {
  if (fold.sharedSums !== true || maySumsBeShared(node, fold)) return null;
  return node.twosComplement === true
    ? 'sharedSums needs weights of -1 and +1, and those of this layer are integers of several planes'
    : `sharedSums must be false where lanes share tables, got tableLanes ${fold.tableLanes}`;
}

/** The lane from which the weights of this one differ or not, -1 for lane 0, whose own sign counts. */
export function partnerLane(lane: number): number {
  const three = Math.floor(lane / 3);
  if (lane === 0) return -1;
  return lane % 3 === 0 ? 3 * (three & (three - 1)) : lane - 1;
}

/** Levels of adders that join lanes by threes. */
export function joiningLevels(simd: number): number {
  return Math.ceil(Math.log2(Math.ceil(simd / 3)));
}

/** Two's complement bits of what an accumulator takes at a time, of activations of so many bits. */
export function termBits(simd: number, actBits: number, signed: boolean): number {
  const lane = signed ? actBits : actBits + 1;
  return simd <= 2 ? lane + 1 : lane + 2 + joiningLevels(simd);
}
