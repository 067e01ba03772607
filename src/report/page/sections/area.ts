/** Area of the design, layer by layer and part by part. */
import { formatCount, formatPercent } from '../../../base/format.js';
import { AREA_COLUMNS, PART_NAMES } from '../../area/columns.js';
import { AREA_PARTS, type AreaPart } from '../../../rtl/units/types.js';
import type { LayerArea, Resources, UnitArea } from '../../area/types.js';
import type { ModelFigures } from '../../figures/types.js';
import { logicUnit } from '../../price/targets.js';
import { barChart } from '../charts/bars.js';
import { COLOURS } from '../theme.js';
import { note, table } from '../view.js';
import type { ChartBlock, Section, TableBlock } from '../view.js';

type Area = NonNullable<ModelFigures['area']>;

const PART_COLOURS: Readonly<Record<AreaPart, string>> = {
  window: COLOURS.memorySoft,
  weightMemory: COLOURS.memory,
  xorCircuit: COLOURS.flexor,
  shiftRegister: COLOURS.flexorSoft,
  macArray: COLOURS.compute,
  requantiser: COLOURS.scale,
  pool: COLOURS.poolSoft,
  fifo: COLOURS.plain,
  control: COLOURS.control,
};

export function areaSection({ area }: ModelFigures, id: string): Section | null {
  if (area === null) return null;
  const { unit, resource } = logicUnit(area.target);
  const share = area.decryptorTotal[resource] / area.total[resource];
  return {
    id: `${id}-area`,
    title: 'Area',
    lead:
      `${formatCount(Math.round(area.total[resource]))} ${unit} on ${area.targetTitle}; all decryptors alone take ` +
      `${formatCount(Math.round(area.decryptorTotal[resource]))}, ${formatPercent(share)} of that.`,
    blocks: [
      partChart(area, id, resource, unit),
      partChart(area, id, 'flipFlops', 'flip-flops'),
      note(
        'Parts are synthesised with their boundaries kept; the layer flattened, which is what a user gets (the table), is usually smaller, because synthesis then works across them. Cells after synthesis, before placement.',
      ),
      areaTable(area),
    ],
  };
}

function partChart(area: Area, id: string, resource: keyof Resources, unit: string): ChartBlock {
  const used = AREA_PARTS.filter((part) => area.layers.some((layer) => amount(layer, part, resource) > 0));
  return barChart({
    id: `${id}-area-${resource}`,
    title: `${unit === 'flip-flops' ? 'Flip-flops' : unit} by layer and part`,
    note: '',
    axis: unit,
    categories: area.layers.map(({ name }) => name),
    series: used.map((part) => ({
      name: PART_NAMES[part],
      colour: PART_COLOURS[part],
      values: area.layers.map((layer) => amount(layer, part, resource)),
      format: (n) => `${formatCount(Math.round(n))} ${unit}`,
    })),
  });
}

function amount(layer: LayerArea, part: AreaPart, resource: keyof Resources): number {
  return layer.parts.find((each) => each.part === part)?.area.resources[resource] ?? 0;
}

function areaTable(area: Area): TableBlock {
  const columns = AREA_COLUMNS[area.target];
  const { unit, resource } = logicUnit(area.target);
  const numbers = (resources: Resources): string[] =>
    columns.map((column) => formatCount(Math.round(resources[column.resource])));
  const decryptor = (part: Resources | undefined, whole: Resources): string[] =>
    part === undefined || whole[resource] === 0
      ? ['', '']
      : [formatCount(Math.round(part[resource])), formatPercent(part[resource] / whole[resource])];
  const row = (name: string, unitArea: UnitArea, part: Resources | undefined): string[] => [
    name,
    ...numbers(unitArea.resources),
    String(unitArea.depth),
    ...decryptor(part, unitArea.resources),
  ];
  const rows = [
    ...area.layers.map((layer) => row(layer.name, layer.area, layer.decryptor?.resources)),
    row('ports', area.rest, undefined),
    ['total', ...numbers(area.total), String(area.depth), ...decryptor(area.decryptorTotal, area.total)],
  ];
  const head = ['layer', ...columns.map(({ heading }) => heading), 'depth', `decryptor ${unit}`, 'of the layer'];
  return table(`Resources on ${area.targetTitle}; ${area.yosysVersion}`, head, rows, true);
}
