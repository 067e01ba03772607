/** Matrices with gate counts known from the literature, to judge minimisation by. */
import { xorMatrix } from './matrix.js';
import type { XorMatrix } from './types.js';

/**
 * MixColumns of AES (FIPS 197) on one column of four bytes as a 32×32 matrix: bit 8r+i is bit i of byte r. 152 gates as
 * chains; 92 by Maximov (2019), 91 by Lin et al. (2021).
 */
export function aesMixColumns(): XorMatrix {
  const bits = new Uint8Array(32 * 32);
  const double = (byte: number): number => ((byte << 1) ^ (byte & 0x80 ? 0x1b : 0)) & 0xff;
  for (let column = 0; column < 32; column++) {
    const bytes = [0, 0, 0, 0];
    bytes[column >> 3] = 1 << (column & 7);
    bytes.forEach((byte, r) => {
      const [b, c, d] = [1, 2, 3].map((k) => bytes[(r + k) % 4]!) as [number, number, number];
      const mixed = double(byte) ^ double(b) ^ b ^ c ^ d;
      for (let i = 0; i < 8; i++) bits[(8 * r + i) * 32 + column] = (mixed >> i) & 1;
    });
  }
  return xorMatrix(32, 32, bits);
}
