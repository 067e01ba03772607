/** ROMs of contents without a pattern, in logic or in block RAM. */
import { counterBits } from './counter.js';
import type { RamStyle } from '../types.js';
import { memoryShape, muxLuts } from './memory.js';

/** LUTs of a bit of a ROM of random contents, 64 words each: up to eight fill a power of two, more need multiplexers. */
function romBitLuts(depth: number): number {
  const tables = Math.ceil(depth / 64);
  return tables <= 8 ? 2 ** Math.ceil(Math.log2(tables)) : 1.18 * tables;
}

/**
 * Bits from which on a ROM is read through a register: it may be a block RAM then, on one family or another, whose output
 * comes late in its cycle (a quarter of an iCE40's).
 */
const REGISTERED_BITS = 1024;

/** Whether a ROM in a design is read through a register (`Registered` of flexor_weight_rom and flexor_scale_rom). */
export function isRegistered(width: number, depth: number): boolean {
  return width * depth >= REGISTERED_BITS;
}

/** A ROM of which so many columns differ, and what it is told to be made of. */
export function romFeatures(width: number, depth: number, different = width, style?: RamStyle) {
  // So few words can only make so many columns that differ.
  const columns = depth < 10 ? Math.min(different, 2 ** depth - 2) : different;
  const { made, banks, bram18 } = memoryShape('rom', columns, depth, { style });
  const logic = made === 'logic';
  return {
    tables: logic ? columns * romBitLuts(depth) : columns * muxLuts(banks),
    flipFlops: logic ? columns : banks > 1 ? counterBits(banks) : 0,
    storage: { lutRams: 0, bram18, memoryBits: width * depth },
  };
}
