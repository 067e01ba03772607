/**
 * The table of thresholds that flexor_thresholds.v searches: for every channel 2^bits − 1 of them that do not fall, so that
 * y counts from the lowest number of its format. Where the layer has fewer levels, the rest are reached always or never.
 */
import { bitsFor } from '../../../base/bits.js';
import { formatRange } from '../../../fixed/shapes.js';
import { requantiserSteps } from '../../../fixed/steps.js';
import type { IntWeightedNode } from '../../../fixed/types.js';
import { beatsOf } from '../../beats.js';
import type { ThresholdTable } from '../../layers/types.js';
import { bitsOfInteger, concatBits } from '../../text.js';

/** More levels than these take more comparisons than a multiplier is worth. */
export const MOST_BITS = 4;

const known = new WeakMap<IntWeightedNode, ThresholdTable | null>();

/** Null where the layer's output is no function of one number, or has too many levels; no fold changes it. */
export function thresholdTable(node: IntWeightedNode): ThresholdTable | null {
  if (node.outputTensor.format.bits > MOST_BITS) return null;
  let table = known.get(node);
  if (table === undefined) known.set(node, (table = makeTable(node)));
  return table;
}

function makeTable(node: IntWeightedNode): ThresholdTable | null {
  const steps = requantiserSteps(node);
  if (steps === null) return null;
  const { values, falling, low, high, interval } = steps;
  const format = formatRange(node.outputTensor.format);
  // Of the numbers below and above the layer's own.
  const [below, above] = [low - format.low, format.high - high];
  const { low: always, high: highest } = interval;
  const channels = values.map((row, c) => {
    const [before, behind] = falling[c] === 1 ? [above, below] : [below, above];
    return [...repeat(always, before), ...row, ...repeat(highest + 1, behind)];
  });
  const bits = bitsFor(Math.min(always, -2), Math.max(1, highest + 1)).bits;
  const falls = falling.includes(1);
  const words = channels.map((row, c) =>
    concatBits(...row.map((t) => bitsOfInteger(t, bits)), Uint8Array.from(falls ? [falling[c]!] : [])),
  );
  return { bits, falls, words, columns: differentColumns(words) };
}

function repeat(value: number, times: number): number[] {
  return new Array<number>(times).fill(value);
}

/** Columns that are no constant, no copy and no complement of another one. */
function differentColumns(words: readonly Uint8Array[]): number {
  const columns = new Set(Array.from(words[0]!, (_, k) => words.map((word) => word[k]! ^ words[0]![k]!).join('')));
  columns.delete('0'.repeat(words.length));
  return columns.size;
}

/** Words of the memory: the channels of a beat, the first one lowest, and zeros above the rest in the last beat. */
export function thresholdWords({ words }: ThresholdTable, width: number): Uint8Array[] {
  const none = new Uint8Array(words[0]!.length);
  return Array.from({ length: beatsOf(words.length, width) }, (_, beat) =>
    concatBits(...Array.from({ length: width }, (_, i) => words[beat * width + i] ?? none)),
  );
}
