/** Matrices with gate counts known from the literature, to judge minimisation by. */
import { xorMatrix } from './matrix.js';
import type { XorMatrix } from './types.js';

/** The product of two bytes in the field of 2^8 elements that a polynomial of degree 8 gives. */
function product(a: number, b: number, polynomial: number): number {
  let sum = 0;
  for (let factor = a, rest = b; rest > 0; rest >>= 1) {
    if (rest & 1) sum ^= factor;
    factor = factor & 0x80 ? (factor << 1) ^ polynomial : factor << 1;
  }
  return sum;
}

/** A matrix over that field as one of bits: bit 8r+i is bit i of byte r. */
function overBytes(rows: readonly (readonly number[])[], polynomial: number): XorMatrix {
  const size = 8 * rows.length;
  const bits = new Uint8Array(size * size);
  rows.forEach((row, r) => {
    row.forEach((factor, c) => {
      for (let k = 0; k < 8; k++) {
        const column = product(factor, 1 << k, polynomial);
        for (let i = 0; i < 8; i++) bits[(8 * r + i) * size + 8 * c + k] = (column >> i) & 1;
      }
    });
  });
  return xorMatrix(size, size, bits);
}

/** Row r has element i at place r + i, modulo the length. */
const circulant = (row: readonly number[]): number[][] =>
  row.map((_, r) => row.map((__, c) => row[(c - r + row.length) % row.length]!));

/** Row r has element i at place r ⊕ i. */
const hadamard = (row: readonly number[]): number[][] => row.map((_, r) => row.map((__, c) => row[r ^ c]!));

/**
 * MixColumns of AES (FIPS 197) on one column of four bytes, 32×32. 152 gates as chains; 92 by Maximov (2019), 91 by Lin et
 * al. (2021).
 */
export function aesMixColumns(): XorMatrix {
  return overBytes(circulant([2, 3, 1, 1]), 0x11b);
}

/** M0 of CLEFIA, 32×32: 98 gates by Xiang et al. (2020). */
export function clefiaM0(): XorMatrix {
  return overBytes(hadamard([1, 2, 4, 6]), 0x11d);
}

/** The diffusion matrix of Khazad, 64×64: 366 gates by Xiang et al. (2020). */
export function khazad(): XorMatrix {
  return overBytes(hadamard([1, 3, 4, 5, 6, 8, 11, 7]), 0x11d);
}
