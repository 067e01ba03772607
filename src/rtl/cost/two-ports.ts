/**
 * Block RAMs of a flexor_store on UltraScale+: both of its ports read, one writes too, so ports are at most 18 bits wide
 * (36 where two RAMs of 18 kbit are one), and a column of 32 bits that is written for itself takes whole bytes of 9.
 */

import { memoryShape } from './memory.js';

/** Widest port and 18-kbit RAMs of each primitive; its words are halved with each step from 1 bit on. */
const PRIMITIVES = [
  { bram18: 1, deepest: 16_384, widths: [1, 2, 4, 9, 18] },
  { bram18: 2, deepest: 32_768, widths: [1, 2, 4, 9, 18, 36] },
] as const;
const BYTE_BITS = 9;
const COLUMN_BITS = 32;

/** What `banks` banks of `depth` words of `width` bits are made of. */
export function storeUse(width: number, depth: number, banks: number) {
  const { made, lutRams } = memoryShape('ram', width, banks * depth);
  const bram18 = made === 'block' ? twoPortBram18(width, banks * depth) : 0;
  return { made, lutRams, bram18, memoryBits: banks * width * depth };
}

/** The fewest block RAMs of 18 kbit for `depth` words of `width` bits, all banks together. */
export function twoPortBram18(width: number, depth: number): number {
  const counts = PRIMITIVES.flatMap(({ bram18, deepest, widths }) =>
    widths.map((unit, i) => {
      const byte = Math.min(unit, BYTE_BITS);
      let bytes = Math.floor(width / COLUMN_BITS) * Math.ceil(COLUMN_BITS / byte);
      bytes += Math.ceil((width % COLUMN_BITS) / byte);
      return bram18 * Math.ceil(depth / (deepest >> i)) * Math.ceil((bytes * byte) / unit);
    }),
  );
  return Math.min(...counts);
}
