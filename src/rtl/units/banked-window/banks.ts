/** The memories of a banked window, one a kernel column: their banks are read at one address, and a beat is written into one. */
import type { BankedWindowParameters } from './parameters.js';

export function banksOf({ bits, inWidth, window, tapLanes, blocks }: BankedWindowParameters) {
  const { input, kernel, rows } = window;
  const columns = tapLanes ? kernel[1] : 1;
  const block = input.channels / blocks;
  const word = Math.min(inWidth, block);
  return {
    /** Memories. */
    columns,
    /** Elements of a beat that belong to one block of channels: a lane picks one of them. */
    word,
    depth: Math.ceil(input.width / columns) * (block / word),
    /** Bits of a memory's words, and write enables: one a beat. */
    width: rows * blocks * word * bits,
    enables: (rows * blocks * word) / inWidth,
  };
}
