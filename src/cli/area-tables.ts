/** The tables of `flexor area`: resources per layer, bits of the weights, and what a plain 1-bit network takes. */
import { AREA_COLUMNS } from '../report/area/columns.js';
import type { AreaColumn } from '../report/area/columns.js';
import type { AreaReport, AreaTarget, LayerArea, Resources, UnitArea, WeightBits } from '../report/area/types.js';
import { formatCount, formatPercent, formatTable } from './print.js';

/** Everything that the command prints. */
export function areaTables(report: AreaReport): string {
  const parts = [
    `model   ${report.model}, ${formatCount(report.cyclesPerFrame)} cycles a frame\n` +
      `target  ${report.targetTitle}\n` +
      `tool    ${report.yosysVersion}`,
    resourceTable(report),
    weightTable(report),
  ];
  if (report.plainTotal !== null) parts.push(plainTable(report, report.plainTotal));
  return parts.join('\n\n');
}

function cells(columns: readonly AreaColumn[], resources: Resources | null): string[] {
  return columns.map(({ resource }) => (resources === null ? '' : formatCount(Math.round(resources[resource]))));
}

/** LUTs, or gates where there are none: what a decryptor's share is measured in. */
function logicColumns(target: AreaTarget): readonly AreaColumn[] {
  return AREA_COLUMNS[target].filter(({ resource }) => ['luts', 'nand2', 'flipFlops'].includes(resource));
}

function share(target: AreaTarget, part: Resources, whole: Resources): string {
  const key = target === 'gates' ? 'nand2' : 'luts';
  return whole[key] === 0 ? '–' : formatPercent(part[key] / whole[key]);
}

function resourceTable({ target, layers, rest, total, decryptorTotal }: AreaReport): string {
  const columns = AREA_COLUMNS[target];
  const logic = logicColumns(target);
  const header = ['layer', 'PE', 'SIMD', ...columns.map(({ heading }) => heading), 'depth'];
  const decryptorHeader = [...logic.map(({ heading }) => `decryptor ${heading}`), `of ${logic[0]!.heading}`];
  const decryptor = (part: Resources | null, whole: Resources): string[] =>
    part === null ? logic.map(() => '').concat('') : [...cells(logic, part), share(target, part, whole)];
  const row = (name: string, pe: string, simd: string, area: UnitArea, part: Resources | null): string[] => [
    ...[name, pe, simd, ...cells(columns, area.resources), String(area.depth)],
    ...decryptor(part, area.resources),
  ];
  const depth = Math.max(rest.depth, ...layers.map((layer) => layer.area.depth));
  return formatTable([
    [...header, ...decryptorHeader],
    ...layers.map((layer) =>
      row(layer.name, String(layer.pe ?? ''), String(layer.simd ?? ''), layer.area, layer.decryptor?.resources ?? null),
    ),
    row('ports', '', '', rest, null),
    ['total', '', '', ...cells(columns, total), String(depth), ...decryptor(decryptorTotal, total)],
  ]);
}

function weightTable({ layers, weights: total }: AreaReport): string {
  const header = ['layer', 'weights', 'encrypted bits', 'stored bits', 'bit/weight stored', 'plain 1-bit', 'saved'];
  const row = (name: string, bits: WeightBits): string[] => [
    name,
    formatCount(bits.weightBits),
    formatCount(bits.encryptedBits),
    formatCount(bits.storedBits),
    (bits.storedBits / bits.weightBits).toFixed(3),
    formatCount(bits.plainStoredBits),
    formatPercent(1 - bits.storedBits / bits.plainStoredBits),
  ];
  const weighted = layers.flatMap(({ name, weights }) => (weights === null ? [] : [row(name, weights)]));
  return formatTable([header, ...weighted, row('total', total)]);
}

function plainTable({ target, layers, total }: AreaReport, plainTotal: Resources): string {
  const columns = AREA_COLUMNS[target].filter(({ resource }) => resource !== 'inverters');
  const header = ['layer', ...columns.flatMap(({ heading }) => [heading, 'plain'])];
  const row = (name: string, own: Resources, plain: Resources): string[] => {
    const [left, right] = [cells(columns, own), cells(columns, plain)];
    return [name, ...left.flatMap((cell, i) => [cell, right[i]!])];
  };
  const compared = layers.flatMap(({ name, area, plain }: LayerArea) =>
    plain === null ? [] : [row(name, area.resources, plain.resources)],
  );
  return `against a plain 1-bit network with the same fold:\n${formatTable([header, ...compared, row('total', total, plainTotal)])}`;
}
