/** The table of multipliers and beta that a requantiser reads: how many of its columns differ. */
import type { IntWeightedNode } from '../../../fixed/types.js';
import { bitsOfInteger } from '../../text.js';
import type { RequantiserParameters } from './cost.js';

type ScaleTable = NonNullable<RequantiserParameters['table']>;

const known = new WeakMap<IntWeightedNode, ScaleTable>();

/** Counts columns over all channels that are no constant, no copy and no complement of another one; no fold changes them. */
export function scaleTable(node: IntWeightedNode): ScaleTable {
  let table = known.get(node);
  if (table === undefined) known.set(node, (table = countColumns(node)));
  return table;
}

function countColumns({ requantiser, widths }: IntWeightedNode): ScaleTable {
  const { multipliers, multiplierBits, beta, output } = requantiser;
  const rounding = output === null || output.shift === 0 ? 0 : 2 ** (output.shift - 1);
  const factors = multipliers.map((plane) => different(Array.from(plane), multiplierBits));
  return {
    multiplierColumns: factors.reduce((sum, count) => sum + count, 0),
    betaColumns: different(
      Array.from(beta, (b) => b + rounding),
      widths.scaled.bits + 1,
    ),
  };
}

function different(values: readonly number[], width: number): number {
  const words = values.map((value) => bitsOfInteger(value, width));
  const columns = new Set<string>();
  // Relative to the first word, so that a column and its complement read the same.
  for (let k = 0; k < width; k++) columns.add(words.map((word) => word[k]! ^ words[0]![k]!).join(''));
  columns.delete('0'.repeat(values.length));
  return columns.size;
}
