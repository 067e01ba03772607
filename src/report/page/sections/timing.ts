/** When frames leave the units and the design, predicted and measured, and what that is at a clock. */
import { formatCount, formatShort } from '../../../base/format.js';
import type { FrameTiming } from '../../../rtl/types.js';
import type { ModelFigures } from '../../figures/types.js';
import { barChart } from '../charts/bars.js';
import { COLOURS } from '../theme.js';
import { table } from '../view.js';
import type { ChartBlock, FactsBlock, Section, TableBlock } from '../view.js';

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

function facts({ pipeline, timing, rtl, area }: ModelFigures): FactsBlock {
  const cycles = (n: number | null | undefined): string => (n == null ? 'not measured' : `${formatCount(n)} measured`);
  const { predictedCyclesPerFrame, predictedLatencyCycles } = pipeline;
  const path = area?.criticalPathNs ?? null;
  const depth = area === null ? [] : [{ term: 'Logic depth', text: `${area.depth} cells (${area.targetTitle})` }];
  const how = area?.target === 'xcup' ? ', estimated before placement' : '';
  const critical =
    path === null
      ? []
      : [{ term: 'Critical path', text: `${formatShort(path)} ns, ${formatShort(1000 / path)} MHz${how}` }];
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
      {
        term: 'Estimated clock',
        text:
          `${Math.floor(timing.mhz)} MHz on UltraScale+ before placement: ${formatShort(timing.ns)} ns, ` +
          `${timing.path} in ${timing.layer === 'ports' ? 'the ports' : timing.layer}`,
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
    starts: units.map(({ predicted }) => predicted.first),
    series: [
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
