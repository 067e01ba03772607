/** The generated pipeline: its diagram, and how busy its units are. */
import { formatCount, formatPercent } from '../../../base/format.js';
import type { ModelFigures } from '../../figures/types.js';
import { barChart } from '../charts/bars.js';
import { pipelineDrawing } from '../drawings/pipeline.js';
import { COLOURS } from '../theme.js';
import { table } from '../view.js';
import type { ChartBlock, Section, TableBlock } from '../view.js';

const WIDE_COLUMNS = 4;

export function pipelineSection(figures: ModelFigures, id: string): Section {
  const { pipeline, inventory } = figures;
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
        note: 'Beside the arrows: shape and format of the stream (u unsigned, s signed, bits). A stream that no arrow brings is named in the box that reads it; + is a residual that is added. The bar is the share of the time between frames in which a unit works.',
        drawings: [
          { name: 'wide', svg: pipelineDrawing(pipeline, inventory.classes.length, WIDE_COLUMNS) },
          { name: 'narrow', svg: pipelineDrawing(pipeline, inventory.classes.length, 1) },
        ],
      },
      cyclesChart(figures, id),
      unitTable(figures),
    ],
  };
}

const MAX_NAMES = 4;

/** Several units may have the same cycles; where none has, the stream of input values is the slowest. */
function busiestNames(names: readonly string[], unit: string): string {
  if (names.length < 2) return `${names[0] ?? unit} is the busiest`;
  if (names.length > MAX_NAMES) return `${names[0]!} and ${names.length - 1} others are the busiest`;
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
