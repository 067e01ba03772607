/** Several models side by side. */
import { formatCount, formatEnergy, formatPercent } from '../../../base/format.js';
import { AREA_COLUMNS } from '../../area/columns.js';
import type { AreaReport } from '../../area/types.js';
import { formatInterval } from '../../figures/headlines.js';
import { modelTitles } from '../../figures/titles.js';
import type { ModelFigures, ReportFigures } from '../../figures/types.js';
import { rtlFailure } from '../../figures/verdict.js';
import { logicUnit } from '../../price/targets.js';
import { barChart } from '../charts/bars.js';
import type { BarSeries } from '../charts/bars.js';
import { intervalScatter } from '../charts/intervals.js';
import { COLOURS, DISTINCT } from '../theme.js';
import { table } from '../view.js';
import type { ChartBlock, Section, TableBlock } from '../view.js';

/** Null for a single model. */
export function comparisonSection({ models }: ReportFigures): Section | null {
  if (models.length < 2) return null;
  return {
    id: 'comparison',
    title: 'Comparison',
    lead: 'Accuracy against the bits that hardware has to store, and what the designs cost.',
    blocks: [
      accuracyChart(models),
      memoryChart(models),
      ...areaCharts(models),
      ...energyCharts(models),
      comparisonTable(models),
    ],
  };
}

/** Bits in the generated memories, or in the file where nothing was synthesised. */
function storedBits({ area, inventory }: ModelFigures): number {
  const { encryptedBits, floatBits } = inventory.totals;
  return area?.weights.storedBits ?? encryptedBits + floatBits;
}

function accuracyChart(models: readonly ModelFigures[]): ChartBlock {
  const titles = modelTitles(models);
  return intervalScatter({
    id: 'comparison-accuracy',
    title: 'Accuracy of the integer network against stored weight bits',
    note: 'With 95% Wilson score intervals.',
    axis: 'stored bits',
    points: models.map((model, i) => ({
      name: titles[i]!,
      colour: DISTINCT[i % DISTINCT.length]!,
      at: storedBits(model),
      proportion: model.accuracy.integer,
    })),
  });
}

function memoryChart(models: readonly ModelFigures[]): ChartBlock {
  return barChart({
    id: 'comparison-memory',
    title: 'Stored weight bits',
    note: '',
    axis: 'bits',
    categories: modelTitles(models),
    series: [{ name: 'stored', colour: COLOURS.memory, values: models.map(storedBits), format: formatCount }],
  });
}

/** None where synthesis was left out. */
function areaCharts(models: readonly ModelFigures[]): ChartBlock[] {
  const areas = models.flatMap(({ area }) => area ?? []);
  const [first] = areas;
  if (first === undefined) return [];
  const { unit, resource } = logicUnit(first.target);
  const format = (n: number): string => `${formatCount(Math.round(n))} ${unit}`;
  const decryptors = areas.map(({ decryptorTotal }) => decryptorTotal[resource]);
  const others = areas.map(({ total }, i) => total[resource] - decryptors[i]!);
  return [
    barChart({
      id: 'comparison-area',
      title: `Area, ${first.targetTitle}`,
      note: '',
      axis: unit,
      categories: modelTitles(models),
      series: [
        { name: 'without decryptors', colour: COLOURS.compute, values: others, format },
        { name: 'decryptors', colour: COLOURS.flexor, values: decryptors, format },
      ],
    }),
  ];
}

function energyCharts(models: readonly ModelFigures[]): ChartBlock[] {
  const energies = models.flatMap(({ price }) => price?.total.energy ?? []);
  if (energies.length === 0) return [];
  const series = (name: string, colour: string, part: 'memory' | 'decryptor'): BarSeries => ({
    ...{ name, colour },
    values: energies.map((energy) => energy[part].flexor / 1e3),
    format: (nj) => formatEnergy(nj * 1e3),
  });
  return [
    barChart({
      id: 'comparison-energy',
      title: 'Energy of the weights a frame',
      note: '',
      axis: 'nJ',
      categories: modelTitles(models),
      series: [series('memory', COLOURS.memory, 'memory'), series('decryption', COLOURS.flexor, 'decryptor')],
    }),
  ];
}

function comparisonTable(models: readonly ModelFigures[]): TableBlock {
  const unit = models[0]!.area === null ? 'logic' : logicUnit(models[0]!.area.target).unit;
  const head = [
    'model',
    'bits/weight',
    'stored bits',
    'float',
    'integer',
    '95% interval',
    'RTL differs',
    unit,
    'decryptors',
    'block RAMs',
    'energy of weights',
    'cycles a frame',
  ];
  const titles = modelTitles(models);
  const rows = models.map((model, i) => [titles[i]!, ...row(model)]);
  return table('Models', head, rows);
}

function row(model: ModelFigures): string[] {
  const { inventory, accuracy, rtl, area, price, pipeline } = model;
  return [
    inventory.totals.bitsPerWeight.toFixed(3),
    formatCount(storedBits(model)),
    formatPercent(accuracy.float.share),
    formatPercent(accuracy.integer.share),
    formatInterval(accuracy.integer),
    rtl === null ? '–' : `${rtl.mismatches} of ${rtl.images}${rtlFailure(rtl) === null ? '' : ', failed'}`,
    ...(area === null ? ['–', '–', '–'] : resources(area)),
    price === null ? '–' : formatEnergy(price.total.energy.weights.flexor),
    formatCount(pipeline.predictedCyclesPerFrame),
  ];
}

/** Logic, that of the decryptors, block RAMs. */
function resources({ target, total, decryptorTotal }: AreaReport): string[] {
  const { resource } = logicUnit(target);
  const blockRams = AREA_COLUMNS[target].some((column) => column.resource === 'blockRams');
  return [
    ...[total[resource], decryptorTotal[resource]].map((n) => formatCount(Math.round(n))),
    blockRams ? formatCount(total.blockRams) : '–',
  ];
}
