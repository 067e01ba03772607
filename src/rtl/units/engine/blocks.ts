/** Blocks that count the lanes of activations of few bits in place of the lowest adders (Compressed of hw/flexor_adder_tree.v). */

/** Widest activations that flexor_mac_array.v adds up so. */
const COMPRESSED_BITS = 3;
/** Lanes up to which a plain tree is taken. */
const PLAIN_LANES = 4;
/** Lanes of the largest block. */
export const BLOCK_LANES = 16;

export function addedInBlocks(simd: number, actBits: number): boolean {
  return actBits <= COMPRESSED_BITS && simd > PLAIN_LANES;
}
