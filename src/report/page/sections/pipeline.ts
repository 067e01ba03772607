/** The generated pipeline and its timing. */
import { formatCount, formatPercent, formatShort } from '../../../base/format.js';
import type { FrameTiming } from '../../../rtl/types.js';
import type { ModelFigures } from '../../figures/types.js';
import { barChart } from '../charts/bars.js';
import { pipelineDrawing } from '../drawings/pipeline.js';
import { COLOURS } from '../theme.js';
import { table } from '../view.js';
import type { ChartBlock, FactsBlock, Section, TableBlock } from '../view.js';

const WIDE_COLUMNS = 4;

export function pipelineSection(figures: ModelFigures, id: string): Section {
  const { pipeline } = figures;
  const { busiest, predictedCyclesPerFrame, units } = pipeline;
  const names = units.filter((unit) => unit.busiest).map(({ name }) => name);
  return {
    id: `${id}-pipeline`,
    title: 'Pipeline',
    lead:
      `All units work at once; ${busiestNames(names, busiest.unit)} with ${formatCount(busiest.cycles)} of the ` +
      `${formatCount(predictedCyclesPerFrame)} cycles between frames.`,
    blocks: [
      {
        kind: 'drawing',
        title: 'Generated design',
        half: false,
        note: 'Beside the arrows: shape and format of the stream (u unsigned, s signed, bits). The bar is the share of the time between frames in which a unit works.',
        drawings: [
          { name: 'wide', svg: pipelineDrawing(figures, WIDE_COLUMNS) },
          { name: 'narrow', svg: pipelineDrawing(figures, 1) },
        ],
      },
      cyclesChart(figures, id),
      unitTable(figures),
    ],
  };
}

/** Several units may have the same cycles; where none has, the stream of input values is the slowest. */
function busiestNames(names: readonly string[], unit: string): string {
  if (names.length < 2) return `${names[0] ?? unit} is the busiest`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!} are the busiest`;
}

function cyclesChart({ pipeline }: ModelFigures, id: string): ChartBlock {
  const { units, predictedCyclesPerFrame } = pipeline;
  return barChart({
    id: `${id}-cycles`,
    title: 'Cycles a frame, unit by unit',
    note: 'Static cycles without waiting. The line is the interval between frames.',
    axis: 'cycles',
    categories: units.map(({ name }) => name),
    series: [
      {
        name: 'cycles a frame',
        colour: COLOURS.memory,
        values: units.map(({ cyclesPerFrame }) => cyclesPerFrame),
        format: formatCount,
      },
    ],
    mark: { name: 'frame', value: predictedCyclesPerFrame },
  });
}

function unitTable({ pipeline }: ModelFigures): TableBlock {
  const head = ['unit', 'PE', 'SIMD', 'cycles/pixel', 'cycles/frame', 'busy', 'weight reads/frame'];
  const rows = pipeline.units.map(({ name, weighted: w, cyclesPerFrame, utilisation, busiest }) => [
    name + (busiest ? ' *' : ''),
    ...[w?.pe, w?.simd, w?.cyclesPerPixel].map((n) => (n === undefined ? '' : formatCount(n))),
    formatCount(cyclesPerFrame),
    formatPercent(utilisation),
    w === null ? '' : formatCount(w.memoryReadsPerFrame),
  ]);
  return table('Units (* busiest)', head, rows);
}

export function timingSection(figures: ModelFigures, id: string): Section {
  const { pipeline, rtl } = figures;
  const measured = rtl?.cyclesPerFrame ?? null;
  const same = measured === pipeline.predictedCyclesPerFrame && rtl?.latencyCycles === pipeline.predictedLatencyCycles;
  const verdict =
    measured === null
      ? 'Predicted only: the RTL was left out or saw a single frame.'
      : same
        ? 'Measured in the RTL without stalls, to the cycle as predicted.'
        : 'Measured in the RTL without stalls, not as predicted.';
  return {
    id: `${id}-timing`,
    title: 'Timing',
    lead:
      `${formatCount(Math.floor(pipeline.framesPerSecond))} frames a second and ` +
      `${formatShort(pipeline.latencyMicroseconds)} µs of latency at ${formatShort(pipeline.clockMhz)} MHz. ${verdict}`,
    blocks: [facts(figures), ganttChart(figures, id), timingTable(figures)],
  };
}

function facts({ pipeline, rtl, area }: ModelFigures): FactsBlock {
  const cycles = (n: number | null | undefined): string => (n == null ? 'not measured' : `${formatCount(n)} measured`);
  const { predictedCyclesPerFrame, predictedLatencyCycles } = pipeline;
  const path = area?.criticalPathNs ?? null;
  const depth = area === null ? [] : [{ term: 'Logic depth', text: `${area.depth} cells (${area.targetTitle})` }];
  const critical =
    path === null ? [] : [{ term: 'Critical path', text: `${formatShort(path)} ns, ${formatShort(1000 / path)} MHz` }];
  return {
    kind: 'facts',
    facts: [
      {
        term: 'Cycles a frame',
        text: `${formatCount(predictedCyclesPerFrame)} predicted, ${cycles(rtl?.cyclesPerFrame)}`,
      },
      {
        term: 'Latency, cycles',
        text: `${formatCount(predictedLatencyCycles)} predicted, ${cycles(rtl?.latencyCycles)}`,
      },
      ...depth,
      ...critical,
    ],
  };
}

/** First to last output of the first frame, as a bar that does not begin at 0. */
function ganttChart({ pipeline: { units } }: ModelFigures, id: string): ChartBlock {
  return barChart({
    id: `${id}-gantt`,
    title: 'When the first frame leaves each unit',
    note: 'From the first to the last output value, in cycles behind the first input value, as predicted.',
    axis: 'cycle',
    categories: units.map(({ name }) => name),
    series: [
      {
        name: '',
        colour: 'transparent',
        values: units.map(({ predicted }) => predicted.first),
        format: formatCount,
      },
      {
        name: 'output lasts',
        colour: COLOURS.scale,
        values: units.map(({ predicted }) => predicted.last - predicted.first),
        format: (n) => `${formatCount(n)} cycles`,
      },
    ],
  });
}

function timingTable({ pipeline: { units } }: ModelFigures): TableBlock {
  const span = (timing: FrameTiming | null): string[] =>
    timing === null ? ['–', '–'] : [formatCount(timing.first), formatCount(timing.last)];
  return table(
    'Output of the first frame, cycles behind the first input',
    ['unit', 'first, predicted', 'last, predicted', 'first, measured', 'last, measured'],
    units.map(({ name, predicted, measured }) => [name, ...span(predicted), ...span(measured)]),
  );
}
