/** The tables of `flexor fold`. */
import { fewNames, type FoundFold } from '../../app/find-fold.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type { Cost } from '../../rtl/cost/model.js';
import type { DesignTiming } from '../../rtl/timing/timing.js';
import type { HoldingDevice } from '../../report/devices.js';
import type { FoldReport, Point } from '../../rtl/solve/report.js';
import { formatTable, optional } from './table.js';
import { facts, paragraph } from '../terminal/text.js';

const COST_HEADINGS = ['LUT', 'LUTRAM', optional(5, 'FF'), 'RAMB18', 'DSP', optional(1, 'memory bits')];

function costCells({ luts, lutRams, flipFlops, bram18, multipliers, memoryBits }: Cost): string[] {
  return [luts, lutRams, flipFlops, bram18, multipliers, memoryBits].map(formatCount);
}

/** Everything but the frontier. */
export function foldTables(found: FoundFold): string {
  return [paragraph(`model  ${found.model}, predicted for UltraScale+`), layerTable(found.report), summary(found)].join(
    '\n\n',
  );
}

function layerTable({ layers, others, rest, total }: FoldReport): string {
  const headings = [
    ...[
      'layer',
      'PE',
      'SIMD',
      optional(4, 'rows a word'),
      optional(3, 'width'),
      'cycles',
      'busy',
      optional(2, 'idle lanes'),
    ],
    ...COST_HEADINGS,
  ];
  const rows = layers.map(({ name, fold, cycles, busy, idleLanes, cost }) => [
    name,
    String(fold.pe),
    String(fold.simd),
    String(fold.rowsPerWord ?? 1),
    String(fold.width ?? 1),
    formatCount(cycles),
    formatPercent(busy),
    idleLanes === 0 ? '' : formatPercent(idleLanes),
    ...costCells(cost),
  ]);
  const unfolded = others.map(({ name, cycles, busy }) => [
    name,
    '',
    '',
    '',
    '',
    formatCount(cycles),
    formatPercent(busy),
  ]);
  const blank = ['', '', '', '', '', '', ''];
  return formatTable(headings, [
    ...rows,
    ...unfolded,
    // Pools, shortcuts, ports and FIFOs.
    ['all the rest', ...blank, ...costCells(rest)],
    ['total', ...blank, ...costCells(total)],
  ]);
}

function summary({ report, clockMhz, plain, device }: FoundFold): string {
  const { cyclesPerFrame, latencyCycles, lowerBoundCycles, utilisation, limits, nextFaster, area, thresholds } = report;
  const rate = `${formatRate(cyclesPerFrame, clockMhz)} frames/s at ${clockMhz} MHz`;
  const bound = `${formatCount(lowerBoundCycles)} cycles with every lane busy in every cycle`;
  return facts([
    ['cycles a frame', `${formatCount(cyclesPerFrame)}, ${rate}`],
    ['latency', `${formatCount(latencyCycles)} cycles`],
    ['clock', clockText(report.timing)],
    ['lower bound', `${bound}; utilisation ${formatPercent(utilisation)}`],
    ['area', `${formatCount(area)} LUTs, block RAMs and DSPs counted in LUTs`],
    ...(thresholds.length === 0
      ? []
      : [['thresholds', `${thresholds.join(', ')}: comparisons, no multiplier`] as const]),
    ['limited by', limits],
    ['next faster', nextFaster === null ? 'none' : nextText(report, nextFaster)],
    ['beside plain', `${differenceText(report.total, plain)} than with plain 1-bit weights under the same fold`],
    ['device', device === null ? 'more than any AMD device known here has' : deviceText(device)],
  ]);
}

/** The estimate, and what limits it. */
export function clockText({ mhz, ns, layer, path, module }: DesignTiming): string {
  const where = layer === 'ports' ? 'the ports' : layer;
  return `${Math.floor(mhz)} MHz estimated for UltraScale+ before placement: ${ns.toFixed(2)} ns, ${path} (${module}) in ${where}`;
}

function nextText({ total }: FoldReport, { cycles, cost }: Point): string {
  return `${formatCount(cycles)} cycles for ${differenceText(cost, total)}`;
}

/** How much more the first takes than the second. */
function differenceText(cost: Cost, than: Cost): string {
  const more = (key: keyof Cost): string => (cost[key] < than[key] ? '' : '+') + formatCount(cost[key] - than[key]);
  return (
    `${more('luts')} LUTs, ${more('lutRams')} LUTs of distributed RAM, ` +
    `${more('bram18')} RAMB18, ${more('multipliers')} DSPs`
  );
}

function deviceText({ device, luts, flipFlops, blockRams, multipliers }: HoldingDevice): string {
  const shares = [
    [luts, 'LUTs'],
    [flipFlops, 'flip-flops'],
    [blockRams, 'block RAMs'],
    [multipliers, 'DSPs'],
  ] as const;
  const text = shares.map(([share, name]) => `${formatPercent(share)} of its ${name}`).join(', ');
  return `${device} is the smallest AMD device known here that has as much: ${text}`;
}

export function frontierTable(points: readonly Point[], clockMhz: number): string {
  const rows = points.map(({ cycles, slowest, area, cost }) => [
    formatCount(cycles),
    formatRate(cycles, clockMhz),
    formatCount(area),
    ...costCells(cost),
    fewNames(slowest),
  ]);
  return formatTable(['cycles', 'frames/s', 'area', ...COST_HEADINGS, optional(2, 'slowest')], rows);
}

function formatRate(cycles: number, clockMhz: number): string {
  return formatCount(Number(((clockMhz * 1e6) / cycles).toPrecision(4)));
}
