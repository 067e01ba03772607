/**
 * Block diagram of the generated pipeline: one box a unit with its fold, cycles and utilisation, in rows that are read like
 * text. Weighted layers show the way of the weights: memory, M⊕ (where it has gates), MAC array. An arrow leads to the next
 * box where that reads the stream; streams from farther away (forks, residuals) are named in the box that reads them.
 */
import { formatCount, formatPercent } from '../../../base/format.js';
import { templateFile } from '../../../base/template.js';
import type { IntFormat, IntShape } from '../../../fixed/types.js';
import type { PipelineFigures, UnitFigures } from '../../figures/types.js';
import { drawing, drawingFile, element, textAt } from './svg.js';

const BOX = { width: 236, height: 132 } as const;
const GAP = { x: 40, y: 44 } as const;
const EDGE = 8;
/** Characters of a unit's name that fit a box beside `busiest`. */
const MAX_NAME = 18;
const KINDS = {
  conv: 'convolution',
  dense: 'dense',
  maxPool: 'max pool',
  avgPool: 'average pool',
  subsample: 'subsample',
  concat: 'concatenation',
} as const;

/** Height of a line that names a stream from farther away. */
const SOURCE_LINE = 16;
/** Characters of such a line that fit a box. */
const MAX_SOURCE = 34;

/** A box of the diagram: markup in the coordinates of its corner, and what leaves it. */
interface Station {
  readonly name: string;
  /** Stations whose streams it reads; the second one is added. */
  readonly inputs: readonly string[];
  readonly head: readonly string[];
  /** Below the head and the lines that name sources. */
  readonly body: readonly string[];
  readonly busiest: boolean;
  /** Shape and format of the stream behind it. */
  readonly stream: string;
}

/** The tip of an arrow, which a page or file defines once. */
export const ARROW = element(
  'defs',
  {},
  element(
    'marker',
    {
      ...{ id: 'arrow', viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 8, markerHeight: 8 },
      ...{ markerUnits: 'userSpaceOnUse', orient: 'auto' },
    },
    element('path', { d: 'M0 0L8 4L0 8z', class: 'tip' }),
  ),
);

/** For the page: `classes` is the number of classes, `columns` the most boxes in a row. */
export function pipelineDrawing(pipeline: PipelineFigures, classes: number, columns: number): string {
  const { frame, parts } = compose(pipeline, classes, columns);
  return drawing(...frame, ...parts);
}

/** As an SVG file that stands alone. */
export function pipelineFile(pipeline: PipelineFigures, classes: number, columns: number): string {
  const { frame, parts } = compose(pipeline, classes, columns);
  return drawingFile(frame, templateFile('report/drawing.css'), ARROW, ...parts);
}

function compose(pipeline: PipelineFigures, classes: number, columns: number) {
  const stations = stationsOf(pipeline, classes);
  const sources = stations.map((station, i) => farSources(station, stations[i - 1]?.name));
  const lines = Math.max(...sources.map(({ length }) => length)) * SOURCE_LINE;
  const boxHeight = BOX.height + lines;
  const used = Math.min(columns, stations.length);
  const rows = Math.ceil(stations.length / columns);
  const place = (i: number) => ({
    x: EDGE + (i % columns) * (BOX.width + GAP.x),
    y: EDGE + Math.floor(i / columns) * (boxHeight + GAP.y),
  });
  const parts = stations.flatMap((station, i) => [
    box(station, sources[i]!, place(i), lines),
    ...(stations[i + 1]?.inputs.includes(station.name) ? arrow(place(i), place(i + 1), station.stream, boxHeight) : []),
  ]);
  const width = 2 * EDGE + used * BOX.width + (used - 1) * GAP.x;
  const height = 2 * EDGE + rows * boxHeight + (rows - 1) * GAP.y;
  return { frame: [width, height, 'pipeline of the generated design'] as const, parts };
}

/** Names the streams that no arrow brings, and the one that is added. */
function farSources({ inputs }: Station, previous: string | undefined): string[] {
  const [main, residual] = inputs;
  const texts = [
    ...(main === undefined || main === previous ? [] : [`from ${main}`]),
    ...(residual === undefined ? [] : [`+ ${residual}`]),
  ];
  return texts.map((text) => fitted(text, MAX_SOURCE));
}

function stationsOf(pipeline: PipelineFigures, classes: number): Station[] {
  const { units, clockMhz, framesPerSecond, predictedCyclesPerFrame } = pipeline;
  const [first, last] = [units[0]!, units.at(-1)!];
  const ends = (name: string, inputs: readonly string[], lines: readonly string[], stream: string): Station => ({
    ...{ name, inputs, stream, busiest: false },
    head: [heading(name)],
    body: lines.map((text, i) => textAt(12, 48 + 20 * i, text, { class: 'muted' })),
  });
  return [
    ends('input', [], ['AXI4-Stream', shapeText(first.inputShape)], streamText(first.inputShape, first.inputFormat)),
    ...units.map((unit): Station => ({
      ...{ name: unit.name, inputs: unit.inputs, busiest: unit.busiest },
      head: unitHead(unit),
      body: unitBody(unit),
      stream: streamText(unit.outputShape, unit.outputFormat),
    })),
    ends(
      'argmax',
      [last.name],
      [
        `${classes} classes, ${last.outputFormat.bits}-bit logits`,
        `a frame every ${formatCount(predictedCyclesPerFrame)} cycles`,
        `${formatCount(Math.floor(framesPerSecond))} frames/s at ${clockMhz} MHz`,
      ],
      '',
    ),
  ];
}

function shapeText({ height, width, channels }: IntShape): string {
  return `${height}×${width}×${channels}`;
}

function streamText(shape: IntShape, { bits, signed }: IntFormat): string {
  return `${shapeText(shape)} ${signed ? 's' : 'u'}${bits}`;
}

function heading(text: string): string {
  return textAt(12, 24, fitted(text, MAX_NAME), { class: 'strong' });
}

function fitted(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function unitHead({ name, kind, weighted, busiest, outputShape }: UnitFigures): string[] {
  const shape = kind === 'dense' ? `dense ${outputShape.channels}` : KINDS[kind];
  return [
    heading(name),
    textAt(BOX.width - 12, 24, busiest ? 'busiest' : '', { class: 'end accent strong' }),
    textAt(12, 43, weighted === null ? shape : `${shape} · PE ${weighted.pe} · SIMD ${weighted.simd}`, {
      class: 'muted',
    }),
  ];
}

function unitBody({ weighted, utilisation, cyclesPerFrame, busiest }: UnitFigures): string[] {
  return [
    ...(weighted === null ? [] : weightPath(weighted)),
    ...utilisationBar(utilisation, busiest),
    textAt(12, BOX.height - 8, `${formatCount(cyclesPerFrame)} cycles`, { class: 'small' }),
    textAt(BOX.width - 12, BOX.height - 8, formatPercent(utilisation), { class: 'end small' }),
  ];
}

/** Memory → M⊕ → MAC array; plain codes go to the array as they are. */
function weightPath(weighted: NonNullable<UnitFigures['weighted']>): string[] {
  const { storedBits, planes, pe, simd } = weighted;
  const { nIn, nOut } = planes[0]!;
  const decrypted = planes.some(({ gates }) => gates > 0);
  const times = planes.length === 1 ? '' : `${planes.length}·`;
  const blocks = [
    { x: 12, width: decrypted ? 74 : 144, name: 'memory', text: `${formatCount(storedBits)} b`, style: 'memory' },
    ...(decrypted ? [{ x: 98, width: 58, name: 'M⊕', text: `${nIn}→${nOut}`, style: 'xor' }] : []),
    { x: 168, width: 56, name: 'MAC', text: `${times}${pe}×${simd}`, style: 'mac' },
  ];
  return blocks.flatMap(({ x, width, name, text, style }, i) => [
    ...(i === 0 ? [] : [element('path', { d: `M${x - 12} 71h9`, class: 'flow', 'marker-end': 'url(#arrow)' })]),
    element('rect', { x, y: 52, width, height: 38, rx: 3, class: style }),
    textAt(x + width / 2, 68, name, { class: 'middle small' }),
    textAt(x + width / 2, 83, text, { class: 'middle small' }),
  ]);
}

function utilisationBar(share: number, busiest: boolean): string[] {
  const bar = { x: 12, y: 98, height: 8, rx: 2 };
  const width = BOX.width - 24;
  const filled = Math.max(1, width * Math.min(1, share));
  return [
    element('rect', { ...bar, width, class: 'track' }),
    element('rect', { ...bar, width: filled, class: busiest ? 'use busiest' : 'use' }),
  ];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** `lines`: height of the lines between head and body, the same in every box. */
function box({ head, body, busiest }: Station, sources: readonly string[], { x, y }: Point, lines: number): string {
  const frame = element('rect', {
    width: BOX.width,
    height: BOX.height + lines,
    rx: 6,
    class: busiest ? 'box busiest' : 'box',
  });
  const named = sources.map((text, i) => textAt(12, 43 + (i + 1) * SOURCE_LINE, text, { class: 'small' }));
  const lower = lines === 0 ? body : [element('g', { transform: `translate(0 ${lines})` }, ...body)];
  return element('g', { transform: `translate(${x} ${y})` }, frame, ...head, ...named, ...lower);
}

/** To the next box: right, or down to the beginning of the next row. */
function arrow(from: Point, to: Point, stream: string, boxHeight: number): string[] {
  const tip = { class: 'flow', 'marker-end': 'url(#arrow)' };
  if (from.y === to.y) {
    const x = from.x + BOX.width;
    const y = from.y + boxHeight / 2;
    // The label stands over the arrow, half over either box's margin, so it goes above the boxes' middle in two lines.
    const [shape = '', format = ''] = stream.split(' ');
    return [
      element('path', { d: `M${x + 2} ${y}h${GAP.x - 8}`, ...tip }),
      textAt(x + GAP.x / 2, y - 8, shape.split('×').at(-1)!, { class: 'middle tiny' }),
      textAt(x + GAP.x / 2, y + 16, format, { class: 'middle tiny' }),
    ];
  }
  const [start, end] = [from.x + BOX.width / 2, to.x + BOX.width / 2];
  const middle = from.y + boxHeight + GAP.y / 2;
  const d = `M${start} ${from.y + boxHeight + 2}V${middle}H${end}V${to.y - 6}`;
  const label = start === end ? { x: end + 10, y: middle + 4 } : { x: (start + end) / 2, y: middle - 6 };
  return [
    element('path', { d, ...tip }),
    textAt(label.x, label.y, stream, { class: start === end ? 'tiny' : 'middle tiny' }),
  ];
}
