/**
 * The thresholds that a written design stores, against the requantiser that they stand for. Both give numbers that only rise
 * or only fall with the accumulator, so that they agree everywhere where they agree on both sides of every threshold and at
 * both ends.
 */
import { formatRange } from '../../fixed/shapes.js';
import { layerIntervals, roundingTerm } from '../../fixed/widths.js';
import type { WeightedPlan } from '../../rtl/layers/types.js';
import { integerAt } from './memory-file.js';

/** Says of a channel's stored bits, from bit `at` of a word on, what is wrong with them; null: nothing. */
export function checkChannel(
  { node, thresholds }: WeightedPlan,
  word: Uint8Array,
  at: number,
  c: number,
): string | null {
  const { bits, falls } = thresholds!;
  const count = 2 ** node.outputTensor.format.bits - 1;
  const stored = Array.from({ length: count }, (_, k) => Number(integerAt(word, at + k * bits, bits, true)));
  const falling = falls && word[at + count * bits] === 1;
  if (stored.some((t, k) => k > 0 && t < stored[k - 1]!)) return `thresholds of channel ${c} fall`;
  const lowest = formatRange(node.outputTensor.format).low;
  const { low, high } = layerIntervals({ ...node, inputFormat: node.inputTensor.format }).multiplicand;
  const near = stored.flatMap((t) => [t - 1, t]).filter((x) => x >= low && x <= high);
  for (const x of [low, high, ...near]) {
    const reached = stored.filter((t) => x >= t).length;
    const y = lowest + (falling ? count - reached : reached);
    const wanted = requantised(node, x, c);
    if (y !== wanted) return `channel ${c} must give ${wanted} for ${x}, its thresholds give ${y}`;
  }
  return null;
}

/** clamp((m·x + β + r) >> sh, low, high), in integers of any size. */
function requantised({ requantiser }: WeightedPlan['node'], x: number, c: number): number {
  const { multipliers, beta, output } = requantiser;
  const { shift, low, high } = output!;
  const z = BigInt(multipliers[0]![c]!) * BigInt(x) + BigInt(beta[c]! + roundingTerm(requantiser));
  return Math.min(high, Math.max(low, Number(z >> BigInt(shift))));
}
