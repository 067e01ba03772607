/**
 * What a memory becomes on UltraScale+: the rule by which Yosys (memory_libmap with its tables for `xcup`, logic-cost-rom
 * 1/64) chooses between logic, distributed RAM and block RAM and picks a shape. Costs are in its own unit.
 */

import type { RamStyle } from '../types.js';

/** How a memory is read; none of ours has more than one write and one read port. */
export type MemoryKind =
  /** flexor_rom. */
  | 'rom'
  /** flexor_ram: a registered read; a read of the address being written gives the old word. */
  | 'ram'
  /** Read in the cycle of the address, which is a register: what is being written must be seen. */
  | 'array';

export interface MemoryShape {
  readonly made: 'logic' | 'lutRam' | 'block';
  /** Parts of the depth that are read side by side; a multiplexer picks one. */
  readonly banks: number;
  readonly lutRams: number;
  /** Block RAMs of 18 kbit. */
  readonly bram18: number;
}

export interface MemoryOptions {
  /** What a ROM is told to be made of. */
  readonly style?: RamStyle;
  /** Equal parts of a word that are written one by one; each takes whole bytes of a primitive. Default: 1. */
  readonly enables?: number;
}

interface Primitive {
  readonly made: 'lutRam' | 'block';
  readonly cost: number;
  /** Whether the cost is that of the bits that are used (LUT RAM) or of whole primitives. */
  readonly byWidth: boolean;
  /** [Width, words] of each shape, narrowest first. */
  readonly shapes: readonly (readonly [width: number, words: number])[];
  /** Most bits that one write enable may serve; shapes up to that width are written as a whole. */
  readonly byte: number;
  readonly lutRams: number;
  readonly bram18: number;
}

/** Eight LUTs: 32×14 or 64×7, one write and one read port. */
function lutRam(width: number, words: number): Primitive {
  return { made: 'lutRam', cost: 16, byWidth: true, shapes: [[width, words]], byte: width, lutRams: 8, bram18: 0 };
}

/** The widths are powers of two, with a parity bit a byte from 9 on; each step halves the words. */
function blockRam(cost: number, bram18: number, deepest: number, widths: readonly number[]): Primitive {
  const shapes = widths.map((width, i) => [width, deepest >> i] as const);
  return { made: 'block', cost, byWidth: false, shapes, byte: 9, lutRams: 0, bram18 };
}

const LUT_RAMS = [lutRam(14, 32), lutRam(7, 64)];
const BLOCK_RAMS = [
  blockRam(129, 1, 16_384, [1, 2, 4, 9, 18, 36]),
  blockRam(257, 2, 32_768, [1, 2, 4, 9, 18, 36, 72]),
  blockRam(513, 4, 65_536, [1, 2, 4, 9]),
];

/** Cost of a bit in logic. */
const LOGIC_COST = { rom: 1 / 64, ram: 1, array: 1 } as const;
/** A read port, and with `array` what makes a word that is being written visible. */
const PORT_COST = { rom: 4, ram: 2, array: 8 } as const;

interface Choice extends MemoryShape {
  readonly cost: number;
}

function fit(primitive: Primitive, kind: MemoryKind, width: number, depth: number, enables: number): Choice {
  let best: Choice | null = null;
  for (const [unit, words] of primitive.shapes) {
    const banks = Math.ceil(depth / words);
    const byte = kind === 'rom' ? 1 : Math.min(primitive.byte, unit);
    const bytes = enables * Math.ceil(width / enables / byte);
    const copies = Math.ceil((banks * bytes * byte) / unit);
    const used = primitive.byWidth ? (banks * width) / unit : copies;
    const readMux = ((banks - 1) * width) / 2;
    const writeDecode = kind === 'rom' || banks === 1 ? 0 : (banks * enables) / 2;
    const cost = primitive.cost * used + readMux + writeDecode + PORT_COST[kind];
    const { made, lutRams, bram18 } = primitive;
    // Yosys keeps the best cost of a primitive as an integer.
    if (best === null || cost < Math.trunc(best.cost)) {
      best = { made, banks, lutRams: copies * lutRams, bram18: copies * bram18, cost };
    }
  }
  return best!;
}

const knownShapes = new Map<string, MemoryShape>();

/** Shape of a memory of `depth` words of `width` bits. */
export function memoryShape(kind: MemoryKind, width: number, depth: number, options: MemoryOptions = {}): MemoryShape {
  const { style, enables = 1 } = options;
  const key = `${kind} ${width} ${depth} ${style ?? ''} ${enables}`;
  let shape = knownShapes.get(key);
  if (shape === undefined) knownShapes.set(key, (shape = shapeOf(kind, width, depth, enables, style)));
  return shape;
}

function shapeOf(kind: MemoryKind, width: number, depth: number, enables: number, style?: RamStyle): MemoryShape {
  const primitives = kind === 'rom' ? BLOCK_RAMS : [...LUT_RAMS, ...BLOCK_RAMS];
  const logic: Choice = {
    made: 'logic',
    banks: 1,
    lutRams: 0,
    bram18: 0,
    cost: width * depth * LOGIC_COST[kind],
  };
  if (style === 'distributed') return logic;
  const choices = primitives.map((primitive) => fit(primitive, kind, width, depth, enables));
  const first = style === 'block' ? choices[0]! : logic;
  return choices.reduce((best, each) => (each.cost < best.cost ? each : best), first);
}

/** LUTs that pick one of n bits: one for four, then as ABC maps them, half of the next power of two. */
export function muxLuts(n: number): number {
  if (n <= 1) return 0;
  return n <= 4 ? 1 : 2 ** Math.ceil(Math.log2(n)) / 2;
}
