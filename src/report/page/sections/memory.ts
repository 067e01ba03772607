/** Bits of the weights before and after encryption, in the file and in the generated memories. */
import { formatCount, formatPercent, formatSaving } from '../../../base/format.js';
import type { WeightBits } from '../../area/types.js';
import type { ModelFigures } from '../../figures/types.js';
import { barChart } from '../charts/bars.js';
import { DISTINCT } from '../theme.js';
import { table } from '../view.js';
import type { ChartBlock, Section, TableBlock } from '../view.js';

type Area = NonNullable<ModelFigures['area']>;

export function memorySection({ area }: ModelFigures, id: string): Section | null {
  if (area === null) return null;
  const { storedBits, plainStoredBits } = area.weights;
  return {
    id: `${id}-memory`,
    title: 'Weight memory',
    lead:
      `The generated memories hold ${formatCount(storedBits)} bits; with plain 1-bit weights and the same fold they ` +
      `would hold ${formatCount(plainStoredBits)}: ${formatSaving(1 - storedBits / plainStoredBits)}.`,
    blocks: [memoryChart(area, id), memoryTable(area)],
  };
}

function memoryChart({ layers }: Area, id: string): ChartBlock {
  const weighted = layers.flatMap(({ name, weights }) => (weights === null ? [] : [{ name, weights }]));
  return barChart({
    id: `${id}-memory-chart`,
    title: 'Bits of the weights',
    note: 'Stored: with the packing of memory words and what lanes hold twice.',
    axis: 'bits',
    categories: ['plain 1-bit', 'stored', 'encrypted'],
    series: weighted.map(({ name, weights }, i) => ({
      name,
      colour: DISTINCT[i % DISTINCT.length]!,
      values: [weights.plainStoredBits, weights.storedBits, weights.encryptedBits],
      format: (n) => `${formatCount(n)} bits`,
    })),
  });
}

function memoryTable({ layers, weights: total }: Area): TableBlock {
  const row = (name: string, bits: WeightBits): string[] => [
    name,
    ...[bits.weightBits, bits.encryptedBits, bits.storedBits, bits.plainStoredBits].map(formatCount),
    (bits.storedBits / bits.weightBits).toFixed(3),
    formatPercent(1 - bits.storedBits / bits.plainStoredBits),
  ];
  const rows = layers.flatMap(({ name, weights }) => (weights === null ? [] : [row(name, weights)]));
  const head = ['layer', 'weight bits', 'encrypted', 'stored', 'plain 1-bit', 'stored bits/weight', 'saved'];
  return table('Bits of the weights', head, [...rows, row('total', total)], true);
}
