/** A circuit of XOR gates as Verilog, as JSON and as a drawing (SVG), for `flexor minimise-xor`. */
import { circuitDepth, signalDepths, type XorCircuit } from './circuit.js';
import { matrixRows } from './matrix-file.js';
import type { XorMatrix } from './types.js';

/** x[i] is input i, gk the output of gate k: wires of their own, because a vector of them would look like a loop to tools. */
function signalName({ nIn }: XorCircuit, signal: number): string {
  return signal < nIn ? `x[${signal}]` : `g${signal - nIn}`;
}

/** A module in Verilog-2005: y = M⊕·x, a gate a line. */
export function circuitVerilog(circuit: XorCircuit, name: string): string {
  const { nIn, gates, outputs } = circuit;
  const at = (signal: number): string => signalName(circuit, signal);
  const used = new Set([...gates.flat(), ...outputs]);
  const unread = Array.from({ length: nIn }, (_, i) => i).filter((i) => !used.has(i));
  return [
    `// y = M x over GF(2): ${gates.length} two-input XOR gates, at most ${circuitDepth(circuit)} of them on a path.`,
    `module ${name} (`,
    `  input  wire [${nIn - 1}:0] x,`,
    `  output wire [${outputs.length - 1}:0] y`,
    ');',
    ...gates.map(([a, b], k) => `  wire g${k} = ${at(a)} ^ ${at(b)};`),
    ...outputs.map((signal, j) => `  assign y[${j}] = ${at(signal)};`),
    ...(unread.length > 0 ? [`  wire unused_inputs = ^{${unread.map(at).join(', ')}};`] : []),
    'endmodule',
    '',
  ].join('\n');
}

/** Gates as pairs of signals: 0 to nIn − 1 are the inputs, nIn + k is gate k; the signal of each output; the rows. */
export function circuitJson(circuit: XorCircuit, matrix: XorMatrix): string {
  const { nIn, gates, outputs } = circuit;
  const document = { nIn, nOut: outputs.length, depth: circuitDepth(circuit), gateCount: gates.length, gates, outputs };
  return `${JSON.stringify({ ...document, rows: matrixRows(matrix) })}\n`;
}

const COLUMN = 110;
const ROW = 22;
const MARGIN = 30;

/** Inputs at the left, a column a level of gates, outputs at the right. */
export function circuitSvg(circuit: XorCircuit): string {
  const { nIn, gates, outputs } = circuit;
  const depths = signalDepths(circuit);
  const columns = Math.max(0, ...depths) + 1;
  const used = new Array<number>(columns).fill(0);
  const places = depths.map((depth) => ({ x: MARGIN + depth * COLUMN, y: MARGIN + used[depth]!++ * ROW }));
  const right = MARGIN + columns * COLUMN;
  const height = 2 * MARGIN + ROW * Math.max(outputs.length, ...used);
  const line = (from: { x: number; y: number }, x: number, y: number): string =>
    `<path d="M${from.x} ${from.y}C${from.x + COLUMN / 2} ${from.y} ${x - COLUMN / 2} ${y} ${x} ${y}"/>`;
  const text = (x: number, y: number, content: string): string => `<text x="${x}" y="${y + 4}">${content}</text>`;
  const wires = gates.flatMap(([a, b], k) => {
    const { x, y } = places[nIn + k]!;
    return [line(places[a]!, x, y), line(places[b]!, x, y)];
  });
  const ends = outputs.map((signal, j) => line(places[signal]!, right, MARGIN + j * ROW));
  const symbols = gates.map((_, k) => {
    const { x, y } = places[nIn + k]!;
    return `<circle cx="${x}" cy="${y}" r="6"/><path d="M${x - 6} ${y}H${x + 6}M${x} ${y - 6}V${y + 6}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right + 2 * MARGIN} ${height}" font-family="sans-serif" font-size="11">`,
    `<g fill="none" stroke="#9aa5b1">${[...wires, ...ends].join('')}</g>`,
    `<g fill="#fff" stroke="#1f4e79">${symbols.join('')}</g>`,
    ...Array.from({ length: nIn }, (_, i) => text(places[i]!.x - 24, places[i]!.y, `x${i}`)),
    ...outputs.map((_, j) => text(right + 4, MARGIN + j * ROW, `y${j}`)),
    '</svg>',
    '',
  ].join('\n');
}
