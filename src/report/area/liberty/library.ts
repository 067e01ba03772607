/**
 * A Liberty file as the area report uses it: what each cell takes, what a NAND2 takes, what a flip-flop adds to a path.
 * A file without the cells that synthesis cannot do without is refused with the name of what is missing.
 */
import { FlexorError } from '../../../base/errors.js';
import { readFile, sha256 } from '../../../base/files.js';
import { packageFile } from '../../../base/places.js';
import { truthTable } from './logic.js';
import { parseLiberty } from './parse.js';
import type { LibertyGroup } from './parse.js';
import { flipFlopDelay } from './timing.js';

/** The library that comes with this project. */
export const DEFAULT_LIBERTY = packageFile('hw', 'cells', 'flexor130.lib');

export interface LibraryCell {
  /** µm² (the unit of the file; Liberty does not state one); null where the file gives none. */
  readonly areaUm2: number | null;
  readonly flipFlop: boolean;
  /** Clock to output and setup of a flip-flop; null where the file has no such tables, and for other cells. */
  readonly delayNs: number | null;
}

export interface Library {
  readonly name: string;
  readonly path: string;
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly text: string;
  readonly cells: ReadonlyMap<string, LibraryCell>;
  /** Area of the smallest NAND2: the unit of NAND2 equivalents. */
  readonly nand2Um2: number;
  /** Whether there is a buffer, so that ABC can split large fan-outs. */
  readonly buffers: boolean;
}

export function readLibrary(path: string): Library {
  const text = new TextDecoder().decode(readFile(path));
  const library = parseLiberty(text, path);
  const groups = library.groups.filter(({ name }) => name === 'cell');
  const cells = new Map(groups.map((cell) => [cellName(cell), libraryCell(cell, library)]));
  const computing = (wanted: LogicFunction): string[] => groups.filter((cell) => computes(cell, wanted)).map(cellName);
  const needed = {
    'an inverter': computing(FUNCTIONS.inverter),
    'a NAND of two inputs': computing(FUNCTIONS.nand2),
    'a flip-flop': [...cells.keys()].filter((cell) => cells.get(cell)!.flipFlop),
  };
  const name = library.args[0] ?? '';
  const missing = Object.entries(needed).flatMap(([title, found]) => (found.length === 0 ? [title] : []));
  if (missing.length > 0) {
    throw new FlexorError('data', `${path}: library ${name} lacks ${missing.join(' and ')}, which synthesis needs`);
  }
  for (const [title, found] of Object.entries(needed)) for (const cell of found) positiveArea(cell, title, cells, path);
  return {
    name,
    path,
    digest: sha256(text),
    text,
    cells,
    nand2Um2: Math.min(...needed['a NAND of two inputs'].map((cell) => cells.get(cell)!.areaUm2!)),
    buffers: computing(FUNCTIONS.buffer).length > 0,
  };
}

/** Synthesis takes the smallest cell, so one that claims to be free would be everywhere. */
function positiveArea(name: string, title: string, cells: Library['cells'], path: string): void {
  const { areaUm2 } = cells.get(name)!;
  if (areaUm2 !== null && areaUm2 > 0) return;
  const found = areaUm2 === null ? 'no area' : `area ${areaUm2}`;
  throw new FlexorError('data', `${path}: cell ${name} has ${found}; ${title} needs one above 0`);
}

/** Number of inputs and truth table (bit i: input j is bit j of i). */
interface LogicFunction {
  readonly inputs: number;
  readonly table: number;
}

const FUNCTIONS = {
  inverter: { inputs: 1, table: 0b01 },
  buffer: { inputs: 1, table: 0b10 },
  nand2: { inputs: 2, table: 0b0111 },
} as const satisfies Record<string, LogicFunction>;

/** Whether the cell is combinational with one output of that function. */
function computes(cell: LibertyGroup, wanted: LogicFunction): boolean {
  if (isSequential(cell)) return false;
  const pins = cell.groups.filter(({ name }) => name === 'pin');
  const inputs = pins.filter(({ attributes }) => attributes.get('direction') === 'input').map(({ args }) => args[0]!);
  const outputs = pins.filter(({ attributes }) => attributes.get('direction') === 'output');
  if (inputs.length !== wanted.inputs || outputs.length !== 1) return false;
  return truthTable(outputs[0]!.attributes.get('function') ?? '', inputs) === wanted.table;
}

function libraryCell(cell: LibertyGroup, library: LibertyGroup): LibraryCell {
  const flipFlop = cell.groups.some(({ name }) => name === 'ff');
  const area = Number(cell.attributes.get('area') ?? NaN);
  return {
    areaUm2: area >= 0 ? area : null,
    flipFlop,
    delayNs: flipFlop ? flipFlopDelay(cell, library) : null,
  };
}

function isSequential(cell: LibertyGroup): boolean {
  return cell.groups.some(({ name }) => ['ff', 'ff_bank', 'latch', 'latch_bank', 'statetable'].includes(name));
}

function cellName(cell: LibertyGroup): string {
  return cell.args[0] ?? '';
}
