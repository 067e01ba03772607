/** The circuit of an M⊕: encrypted bits on the left, XOR gates by depth, weight bits on the right. */
import type { MatrixFigures } from '../../figures/types.js';
import { signalDepths } from '../../../xor/circuit.js';
import { drawing, element, textAt, title } from './svg.js';

/** Signals and outputs above which a drawing would say nothing. */
export const MAX_DRAWN_SIGNALS = 400;

const ROW = 17;
const MARGIN = 34;
const COLUMN = 92;
const RADIUS = 6;

interface Place {
  readonly x: number;
  readonly y: number;
}

export function circuitDrawing({ nIn, gates, outputs, depth }: MatrixFigures): string {
  const columns = columnsOf(nIn, gates);
  const tallest = Math.max(outputs.length, ...columns.map((column) => column.length));
  const height = ROW * (tallest + 1);
  const places = placeSignals(columns, gates, nIn, height);
  const right = MARGIN + COLUMN * (depth + 1);
  const ends = placeOutputs(outputs, places, right, height);
  const wires = [
    ...gates.flatMap(([a, b], g) => [a, b].map((from) => wire(places[from]!, places[nIn + g]!))),
    ...outputs.map((signal, j) => wire(places[signal]!, ends[j]!)),
  ];
  const inputs = places
    .slice(0, nIn)
    .map(({ x, y }, i) => [
      element('circle', { cx: x, cy: y, r: 3, class: 'pin' }),
      textAt(x - 8, y + 4, `x${i}`, { class: 'end small' }),
    ]);
  const pins = ends.map(({ x, y }, j) => [
    element('circle', { cx: x, cy: y, r: 3, class: 'pin' }),
    textAt(x + 8, y + 4, `y${j}`, { class: 'small' }),
  ]);
  const symbols = gates.map(([a, b], g) => gate(places[nIn + g]!, `${name(a, nIn)} ⊕ ${name(b, nIn)}`));
  const label = `${gates.length} XOR gates of depth ${depth}`;
  return drawing(right + MARGIN, height, label, ...wires, ...inputs.flat(), ...pins.flat(), ...symbols);
}

function name(signal: number, nIn: number): string {
  return signal < nIn ? `x${signal}` : `gate ${signal - nIn}`;
}

/** Signals by depth; the first column are the inputs. */
function columnsOf(nIn: number, gates: MatrixFigures['gates']): number[][] {
  const depths = signalDepths({ nIn, gates, outputs: [] });
  const columns: number[][] = Array.from({ length: Math.max(...depths) + 1 }, () => []);
  depths.forEach((depth, signal) => columns[depth]!.push(signal));
  return columns;
}

/** Each column in the order of the mean height of what its gates read: few wires cross. */
function placeSignals(
  columns: readonly number[][],
  gates: MatrixFigures['gates'],
  nIn: number,
  height: number,
): Place[] {
  const places: Place[] = [];
  columns.forEach((column, c) => {
    const centre = (signal: number): number => {
      const read = gates[signal - nIn];
      return read === undefined ? signal : (places[read[0]]!.y + places[read[1]]!.y) / 2;
    };
    spread(column, centre, height).forEach((y, signal) => (places[signal] = { x: MARGIN + COLUMN * c, y }));
  });
  return places;
}

function placeOutputs(outputs: readonly number[], places: readonly Place[], x: number, height: number): Place[] {
  const all = outputs.map((_, j) => j);
  const heights = spread(all, (j) => places[outputs[j]!]!.y, height);
  return all.map((j) => ({ x, y: heights.get(j)! }));
}

/** Even heights for things, in the order of where they would like to be. */
function spread(things: readonly number[], wish: (thing: number) => number, height: number): Map<number, number> {
  const sorted = [...things].sort((a, b) => wish(a) - wish(b) || a - b);
  const step = height / (things.length + 1);
  return new Map(sorted.map((thing, i) => [thing, step * (i + 1)]));
}

function wire(from: Place, to: Place): string {
  const bend = (to.x - from.x) / 2;
  const d = `M${fixed(from.x)} ${fixed(from.y)}C${fixed(from.x + bend)} ${fixed(from.y)} ${fixed(to.x - bend)} ${fixed(to.y)} ${fixed(to.x)} ${fixed(to.y)}`;
  return element('path', { d, class: 'wire' });
}

function gate({ x, y }: Place, what: string): string {
  const cross = `M${fixed(x - RADIUS)} ${fixed(y)}h${2 * RADIUS}M${fixed(x)} ${fixed(y - RADIUS)}v${2 * RADIUS}`;
  return element(
    'g',
    {},
    title(what),
    element('circle', { cx: x, cy: y, r: RADIUS, class: 'gate' }),
    element('path', { d: cross, class: 'gate-cross' }),
  );
}

function fixed(n: number): string {
  return String(Number(n.toFixed(1)));
}
