/** The price and gain of FleXOR beside plain 1-bit weights with the same fold. */
import { formatCount, formatEnergy, formatFrom, formatPercent } from '../../../base/format.js';
import type { ModelFigures } from '../../figures/types.js';
import type { LayerPrice, PriceReport, TotalPrice } from '../../price/types.js';
import { barChart } from '../charts/bars.js';
import type { BarSeries } from '../charts/bars.js';
import { COLOURS } from '../theme.js';
import { note, table } from '../view.js';
import type { ChartBlock, Section, TableBlock } from '../view.js';

type Line = Pick<LayerPrice, keyof TotalPrice>;

export function priceSection({ price }: ModelFigures, id: string): Section | null {
  if (price === null) return null;
  const { decryptor, energy } = price.total;
  return {
    id: `${id}-price`,
    title: 'Price and gain',
    lead:
      `${formatCount(decryptor.xorGates)} XOR gates decrypt the weights. Fetching and decrypting them takes ` +
      `${formatEnergy(energy.weights.flexor)} a frame; plain 1-bit weights take ${formatEnergy(energy.weights.plain)}.`,
    blocks: [
      energyChart(price, id),
      energyTable(price),
      note(
        'Worth it from: how many weights a layer with this fold and M⊕ would need before the shorter memory saves more energy than decryption takes; never: decryption alone takes more than a read of plain weights.',
      ),
      logicTable(price),
    ],
  };
}

function energyChart({ layers }: PriceReport, id: string): ChartBlock {
  const series = (name: string, stack: string, colour: string, pick: (layer: LayerPrice) => number): BarSeries => ({
    name,
    stack,
    colour,
    values: layers.map((layer) => pick(layer) / 1e3),
    format: (nj) => formatEnergy(nj * 1e3),
  });
  return barChart({
    id: `${id}-energy`,
    title: 'Energy of the weights a frame',
    note: 'Upper bar: FleXOR. Lower bar: plain 1-bit weights, same fold. An estimate from counted switching with published constants of 45 nm (docs/price.md).',
    axis: 'nJ',
    categories: layers.map(({ name }) => name),
    series: [
      series('memory', 'flexor', COLOURS.memory, ({ energy }) => energy.memory.flexor),
      series('decryption', 'flexor', COLOURS.flexor, ({ energy }) => energy.decryptor.flexor),
      series('plain: memory', 'plain', COLOURS.plain, ({ energy }) => energy.memory.plain),
      series('plain: register', 'plain', COLOURS.control, ({ energy }) => energy.decryptor.plain),
    ],
  });
}

function lines(price: PriceReport, row: (line: Line) => string[]): string[][] {
  return [...price.layers.map((layer) => [layer.name, ...row(layer)]), ['total', ...row(price.total)]];
}

function energyTable(price: PriceReport): TableBlock {
  const head = [
    'layer',
    'memory',
    'decryption',
    'sum',
    'plain',
    'MAC array',
    'worth it from, weights',
    'bits read a frame',
    'plain, bits read',
  ];
  const rows = lines(price, ({ energy, traffic }) => [
    ...[energy.memory.flexor, energy.decryptor.flexor, energy.weights.flexor, energy.weights.plain].map(formatEnergy),
    energy.macArray === null ? '–' : formatEnergy(energy.macArray),
    // Weights in one memory: a total has none.
    energy === price.total.energy ? '' : formatFrom(energy.breakEvenWeights),
    ...[traffic.bitsRead.flexor, traffic.bitsRead.plain].map(formatCount),
  ]);
  return table('Energy a frame', head, rows, true);
}

function logicTable(price: PriceReport): TableBlock {
  const [{ unit } = { unit: '' }] = price.total.targets;
  const head = [
    'layer',
    'XOR circuits',
    'XOR gates',
    'as chains',
    'depth',
    `decryptor ${unit}`,
    'share',
    `layer ${unit}`,
    'plain',
    'block RAMs',
    'plain',
  ];
  const rows = lines(price, ({ decryptor: { copies, xorGates, naiveXorGates, depth }, targets }) => {
    const [target] = targets;
    const counts = [copies, xorGates, naiveXorGates, depth].map(formatCount);
    if (target === undefined) return counts;
    const { decryptor, share, logic, blockRams } = target;
    const pair = (both: { flexor: number; plain: number }): string[] =>
      [both.flexor, both.plain].map((n) => formatCount(Math.round(n)));
    return [
      ...counts,
      formatCount(Math.round(decryptor)),
      formatPercent(share),
      ...pair(logic),
      ...(blockRams === null ? ['–', '–'] : pair(blockRams)),
    ];
  });
  return table('Logic and block RAMs', head, rows, true);
}
