/**
 * The tables of `flexor area`: resources per layer and within it, bits of the weights, what a plain 1-bit network takes,
 * the whole design in one synthesis, and its place and route.
 */
import { AREA_COLUMNS, PART_NAMES, type AreaColumn } from '../../app/area.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type {
  AreaReport,
  AreaTarget,
  DesignPlacement,
  FlatArea,
  LayerArea,
  LongestPath,
  PathPlace,
  Resources,
  UnitArea,
  WeightBits,
} from '../../report/area/types.js';
import { formatTable, optional, type Heading } from './table.js';
import { facts } from '../terminal/text.js';

/** Everything that the command prints. */
export function areaTables(report: AreaReport): string {
  const blocks = [heading(report), resourceTable(report), partTable(report), weightTable(report)];
  if (report.plainTotal !== null) blocks.push(plainTable(report, report.plainTotal));
  if (report.flat !== null) blocks.push(flatTable(report, report.flat));
  if (report.layers.some(({ area }) => area.path !== null)) blocks.push(pathTable(report));
  if (report.placement !== null) blocks.push(placementTable(report.placement));
  return blocks.join('\n\n');
}

function heading({ model, cyclesPerFrame, targetTitle, library, yosysVersion }: AreaReport): string {
  const digest = library === null ? '' : `, Liberty file ${library.digest.slice(0, 12)}`;
  return facts([
    ['model', `${model}, ${formatCount(cyclesPerFrame)} cycles a frame`],
    ['target', `${targetTitle}${digest}`],
    ['tool', yosysVersion],
  ]);
}

/** Inverters, most of which placement absorbs, go before all others. */
function resourceHeadings(columns: readonly AreaColumn[]): Heading[] {
  return columns.map(({ heading, resource }) => (resource === 'inverters' ? optional(0, heading) : heading));
}

function cells(columns: readonly AreaColumn[], resources: Resources | null): string[] {
  return columns.map(({ resource }) => (resources === null ? '' : formatCount(Math.round(resources[resource]))));
}

/** LUTs, or gates where there are none: what a decryptor's share is measured in. */
function logicColumns(target: AreaTarget): readonly AreaColumn[] {
  return AREA_COLUMNS[target].filter(({ resource }) => ['luts', 'logicUm2', 'nand2', 'flipFlops'].includes(resource));
}

function share(target: AreaTarget, part: Resources, whole: Resources): string {
  const key = logicColumns(target)[0]!.resource;
  return ratio(part[key], whole[key]);
}

function resourceTable(report: AreaReport): string {
  const { target, layers, rest, total, decryptorTotal, depth, criticalPathNs } = report;
  const columns = AREA_COLUMNS[target];
  const timed = criticalPathNs !== null && target !== 'xcup';
  const path = (ns: number | null): string[] => (timed ? [nanoseconds(ns)] : []);
  const logic = logicColumns(target);
  const header = [
    ...['layer', optional(3, 'PE'), optional(3, 'SIMD'), ...resourceHeadings(columns), optional(2, 'depth')],
    ...(timed ? [optional(4, 'path ns')] : []),
  ];
  const decryptorHeader = [
    ...logic.map(({ heading }, i) => (i === 0 ? `decryptor ${heading}` : optional(1, `decryptor ${heading}`))),
    `of ${logic[0]!.heading}`,
  ];
  const decryptor = (part: Resources | null, whole: Resources): string[] =>
    part === null ? logic.map(() => '').concat('') : [...cells(logic, part), share(target, part, whole)];
  const row = (name: string, pe: string, simd: string, area: UnitArea, part: Resources | null): string[] => [
    ...[name, pe, simd, ...cells(columns, area.resources), String(area.depth), ...path(area.criticalPathNs)],
    ...decryptor(part, area.resources),
  ];
  return formatTable(
    [...header, ...decryptorHeader],
    [
      ...layers.map((layer) =>
        row(
          layer.name,
          String(layer.pe ?? ''),
          String(layer.simd ?? ''),
          layer.area,
          layer.decryptor?.resources ?? null,
        ),
      ),
      row('ports', '', '', rest, null),
      [
        'total',
        '',
        '',
        ...cells(columns, total),
        String(depth),
        ...path(criticalPathNs),
        ...decryptor(decryptorTotal, total),
      ],
    ],
  );
}

/** Where the cells of a layer are: its parts synthesised with boundaries kept, and what synthesis across them makes of it. */
function partTable({ target, layers, criticalPathNs }: AreaReport): string {
  const columns = AREA_COLUMNS[target];
  const timed = criticalPathNs !== null && target === 'asic';
  const header = ['layer', 'part', optional(2, 'modules'), ...resourceHeadings(columns), optional(3, 'depth')];
  const rows = layers.flatMap(({ name, parts, merged, area }) => [
    ...parts.map(({ part, instances, area: { resources, depth, criticalPathNs: ns } }, i) => [
      ...[i === 0 ? name : '', PART_NAMES[part], String(instances), ...cells(columns, resources), String(depth)],
      ...(timed ? [nanoseconds(ns)] : []),
    ]),
    ['', 'merged', '', ...cells(columns, merged)],
    ['', '= layer', '', ...cells(columns, area.resources)],
  ]);
  const table = formatTable(timed ? [...header, optional(1, 'path ns')] : header, rows);
  return `within the layers, boundaries of modules kept:\n${table}`;
}

function weightTable({ layers, weights: total }: AreaReport): string {
  const headings = [
    ...['layer', optional(1, 'weights'), optional(2, 'encrypted bits'), 'stored bits', 'stored bits a weight'],
    ...['plain 1-bit', 'saved'],
  ];
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
  return formatTable(headings, [...weighted, row('total', total)]);
}

function plainTable({ target, layers, total }: AreaReport, plainTotal: Resources): string {
  const columns = AREA_COLUMNS[target].filter(({ resource }) => resource !== 'inverters');
  // Of a target with many resources the last ones go first.
  const header = columns.flatMap(({ heading }, i) =>
    [heading, 'plain'].map((text) => (i === 0 ? text : optional(columns.length - i, text))),
  );
  const row = (name: string, own: Resources, plain: Resources): string[] => {
    const [left, right] = [cells(columns, own), cells(columns, plain)];
    return [name, ...left.flatMap((cell, i) => [cell, right[i]!])];
  };
  const compared = layers.flatMap(({ name, area, plain }: LayerArea) =>
    plain === null ? [] : [row(name, area.resources, plain.resources)],
  );
  const table = formatTable(['layer', ...header], [...compared, row('total', total, plainTotal)]);
  return `against a plain 1-bit network with the same fold:\n${table}`;
}

function flatTable({ target, total }: AreaReport, { area, difference }: FlatArea): string {
  const columns = AREA_COLUMNS[target];
  const rows = [
    ['sum', ...cells(columns, total)],
    ['flat', ...cells(columns, area.resources)],
    ['difference', ...cells(columns, difference)],
    ['of the sum', ...columns.map(({ resource }) => ratio(difference[resource], total[resource]))],
  ];
  return `the whole design in one synthesis:\n${formatTable(['', ...resourceHeadings(columns)], rows)}`;
}

/** The longest path of every layer: where it begins and ends, and how many LUTs and carry cells it passes. */
function pathTable({ layers, rest }: AreaReport): string {
  const paths = [...layers.map(({ name, area }) => [name, area.path] as const), ['ports', rest.path] as const];
  const rows = paths.flatMap(([name, path]) => (path === null ? [] : [pathRow(name, path)]));
  const estimated = layers.some(({ area }) => area.path?.source === 'estimated');
  const title = estimated
    ? 'longest path of each layer, ns estimated before placement (docs/area.md):'
    : 'longest path of each layer, placed and routed alone:';
  return `${title}\n${formatTable(['layer', ...PATH_HEADINGS], rows)}`;
}

const PATH_HEADINGS: readonly Heading[] = ['ns', 'LUT', 'carry', 'from', 'to', optional(1, 'through')];

function pathRow(name: string, path: LongestPath): string[] {
  const { ns, luts, carries, from, to, modules } = path;
  const inner = modules.filter((module) => module !== from.module && module !== to.module);
  return [
    ...[name, nanoseconds(ns), formatCount(luts), formatCount(carries), place(from), place(to)],
    [...new Set(inner)].map(shortModule).join(', '),
  ];
}

function place({ module, register }: PathPlace): string {
  return module === null ? register || '–' : `${shortModule(module)}: ${register}`;
}

function shortModule(module: string): string {
  return module.replace(/^flexor_/, '');
}

function placementTable({ device, version, maxMegahertz, runs, utilisation }: DesignPlacement): string {
  const used = Object.entries(utilisation).filter(([, { used }]) => used > 0);
  const all = runs.length > 1 ? `, the lowest of ${runs.length} seeds` : '';
  return [
    `placed on ${device} by ${version}: ${maxMegahertz.toFixed(1)} MHz${all}`,
    formatTable(
      ['seed', 'MHz', 'layer', ...PATH_HEADINGS],
      runs.map((run) => [
        ...[String(run.seed), run.maxMegahertz.toFixed(1)],
        ...(run.path === null ? ['', '', '', '', '', '', ''] : pathRow(run.layer ?? 'ports', run.path)),
      ]),
    ),
    '',
    formatTable(
      ['resource', 'used', 'of', ''],
      used.map(([name, { used, available }]) => [
        ...[name, formatCount(used), formatCount(available), ratio(used, available)],
      ]),
    ),
  ].join('\n');
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '–' : formatPercent(part / whole);
}

function nanoseconds(ns: number | null): string {
  return ns === null ? '' : ns.toFixed(2);
}
