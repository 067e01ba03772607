/** Other folds of the same network: the frontier of cycles and area, and the layers of each design on it. */
import { formatCount, formatShort } from '../../../base/format.js';
import type { FrontierPoint, ModelFigures } from '../../figures/types.js';
import { frontierChart } from '../charts/frontier.js';
import { table } from '../view.js';
import type { Section, TableBlock } from '../view.js';

export function explorerSection({ frontier, pipeline }: ModelFigures, id: string): Section | null {
  if (frontier.length < 2) return null;
  const { clockMhz } = pipeline;
  const frames = ({ cycles }: FrontierPoint): string => formatCount(Math.floor((clockMhz * 1e6) / cycles));
  const [fastest, smallest] = [frontier[0]!, frontier.at(-1)!];
  return {
    id: `${id}-folds`,
    title: 'Other folds',
    lead:
      `From ${frames(smallest)} frames a second in about ${formatCount(smallest.luts)} LUTs to ${frames(fastest)} in ` +
      `about ${formatCount(fastest.luts)}, at ${formatShort(clockMhz)} MHz on UltraScale+, by the cost model.`,
    blocks: [
      {
        kind: 'explorer',
        chart: frontierChart(frontier, clockMhz, `${id}-frontier`),
        names: frontier.map((point) => `${frames(point)} frames/s, ${formatCount(point.luts)} LUTs`),
        tables: frontier.map((point) => layerTable(point, frames(point))),
      },
    ],
  };
}

function layerTable({ layers, cycles, luts, blockRams, multipliers }: FrontierPoint, frames: string): TableBlock {
  const caption =
    `${frames} frames a second: ${formatCount(cycles)} cycles, ${formatCount(luts)} LUTs, ` +
    `${formatCount(blockRams)} RAMB18, ${formatCount(multipliers)} DSPs`;
  const rows = layers.map(({ name, pe, simd, cycles: own }) => [
    name,
    String(pe),
    String(simd),
    formatCount(own),
    `${Math.round((100 * own) / cycles)}%`,
  ]);
  return table(caption, ['layer', 'PE', 'SIMD', 'cycles/frame', 'busy'], rows);
}
