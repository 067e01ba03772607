/** Several models side by side. */
import { formatCount, formatEnergy, formatPercent } from '../../../base/format.js';
import { AREA_COLUMNS } from '../../area/columns.js';
import type { AreaReport } from '../../area/types.js';
import { storedBits } from '../../figures/stored-bits.js';
import { modelTitles } from '../../figures/titles.js';
import type { ModelFigures, ReportFigures } from '../../figures/types.js';
import { rtlFailure } from '../../figures/rtl-failure.js';
import { logicUnit } from '../../price/targets.js';
import { intervalScatter } from '../charts/intervals.js';
import { DISTINCT } from '../theme.js';
import { cards, table } from '../view.js';
import type { ChartBlock, Section, TableBlock } from '../view.js';

/** Null for a single model. */
export function comparisonSection({ models, comparison }: ReportFigures): Section | null {
  if (models.length < 2) return null;
  return {
    id: 'comparison',
    title: 'Comparison',
    lead: '',
    blocks: [{ kind: 'verdict', sentences: comparison }, comparisonTable(models), ...charts(models)],
  };
}

/** A question a chart: what accuracy costs in each thing that hardware is short of. */
function charts(models: readonly ModelFigures[]): ChartBlock[] {
  const scatter = (key: string, axis: string, amount: (model: ModelFigures) => number): ChartBlock =>
    accuracyChart(models, `comparison-${key}`, axis, amount);
  const all = [scatter('stored', 'stored bits', storedBits)];
  const areas = models.flatMap(({ area }) => area ?? []);
  if (areas.length < models.length) return all;
  const { unit, resource } = logicUnit(areas[0]!.target);
  all.push(scatter('logic', unit, ({ area }) => Math.round(area!.total[resource])));
  if (areas.some(({ total }) => total.blockRams > 0)) {
    all.push(scatter('block-rams', 'block RAMs', ({ area }) => area!.total.blockRams));
  }
  if (models.every(({ price }) => price !== null)) {
    all.push(scatter('energy', 'nJ a frame for the weights', ({ price }) => price!.total.energy.weights.flexor / 1e3));
  }
  return all;
}

function accuracyChart(
  models: readonly ModelFigures[],
  id: string,
  axis: string,
  amount: (model: ModelFigures) => number,
): ChartBlock {
  const titles = modelTitles(models);
  return intervalScatter({
    id,
    title: `Accuracy against ${axis}`,
    note: '',
    axis,
    points: models.map((model, i) => ({
      name: titles[i]!,
      colour: DISTINCT[i % DISTINCT.length]!,
      at: amount(model),
      proportion: model.accuracy.integer,
    })),
  });
}

function comparisonTable(models: readonly ModelFigures[]): TableBlock {
  const unit = models[0]!.area === null ? 'logic' : logicUnit(models[0]!.area.target).unit;
  const head = [
    'model',
    'bits/weight',
    'stored bits',
    'float',
    'integer',
    'RTL differs',
    unit,
    'decryptors',
    'block RAMs',
    'energy of weights',
    'cycles/frame',
  ];
  const titles = modelTitles(models);
  const rows = models.map((model, i) => [titles[i]!, ...row(model)]);
  // What was measured of no model needs no column.
  const kept = head.map((_, i) => rows.some((cells) => cells[i] !== '–'));
  const keep = (cells: readonly string[]): string[] => cells.filter((_, i) => kept[i]);
  return cards(table('Models', keep(head), rows.map(keep)));
}

function row(model: ModelFigures): string[] {
  const { inventory, accuracy, rtl, area, price, pipeline } = model;
  return [
    inventory.totals.bitsPerWeight.toFixed(3),
    formatCount(storedBits(model)),
    formatPercent(accuracy.float.share),
    formatPercent(accuracy.integer.share),
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
