/**
 * Making and applying M⊕ (FleXOR, section 2). A slice of N_in encrypted bits x becomes N_out weight bits y = M⊕·x over
 * GF(2). A bit 0 stands for −1 and a bit 1 for +1. In that reading the n-input form (−1)^{n−1}·Π sign of eq. 2 is exactly
 * XOR.
 */
import { FlexorError } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { XorMatrix } from './types.js';

/** Largest N_in and N_out that any part of the toolchain accepts. */
export const MAX_XOR_SIZE = 512;

/** Checks sizes, entries and rows and returns the matrix; the only way to make one. */
export function xorMatrix(nIn: number, nOut: number, bits: Uint8Array, where = 'M⊕'): XorMatrix {
  for (const [name, n] of [
    ['N_in', nIn],
    ['N_out', nOut],
  ] as const) {
    if (!Number.isInteger(n) || n < 1 || n > MAX_XOR_SIZE) {
      throw new FlexorError('usage', `${where}: ${name} must be an integer from 1 to ${MAX_XOR_SIZE}, got ${n}`);
    }
  }
  if (bits.length !== nIn * nOut) {
    throw new FlexorError('usage', `${where}: ${nOut}×${nIn} needs ${nIn * nOut} entries, got ${bits.length}`);
  }
  for (let j = 0; j < nOut; j++) {
    let ones = 0;
    for (let i = 0; i < nIn; i++) {
      const bit = bits[j * nIn + i]!;
      if (bit > 1) throw new FlexorError('usage', `${where}: entry [${j},${i}] must be 0 or 1, got ${bit}`);
      ones += bit;
    }
    if (ones === 0) throw new FlexorError('usage', `${where}: row ${j} has no 1 and would give the constant −1`);
  }
  return { nIn, nOut, bits };
}

/** Every entry 0 or 1 with equal chance; rows without a 1 are drawn again (FleXOR, section 4: "random M⊕"). */
export function randomMatrix(nIn: number, nOut: number, random: Random): XorMatrix {
  const bits = new Uint8Array(Math.max(0, nIn * nOut));
  for (let j = 0; j < nOut; j++) {
    const row = bits.subarray(j * nIn, (j + 1) * nIn);
    do for (let i = 0; i < nIn; i++) row[i] = random.below(2);
    while (!row.includes(1));
  }
  return xorMatrix(nIn, nOut, bits);
}

/** Exactly `taps` ones in every row, at random places (FleXOR, section 4: N_tap). More taps than inputs is an error. */
export function tapMatrix(nIn: number, nOut: number, taps: number, random: Random): XorMatrix {
  if (!Number.isInteger(taps) || taps < 1) {
    throw new FlexorError('usage', `M⊕: N_tap must be a positive integer, got ${taps}`);
  }
  if (taps > nIn) {
    throw new FlexorError('usage', `M⊕: N_tap must not exceed N_in, got N_tap ${taps} with N_in ${nIn}`);
  }
  const bits = new Uint8Array(nIn * nOut);
  for (let j = 0; j < nOut; j++) {
    for (const i of random.permutation(nIn).subarray(0, taps)) bits[j * nIn + i] = 1;
  }
  return xorMatrix(nIn, nOut, bits);
}

/**
 * A code in systematic form: the first N_in weight bits are the encrypted bits themselves, each further one is the sum of two.
 * Its rank is N_in, where that of two taps in every row is below it, and each of N_in weights has an encrypted bit that can turn
 * it alone or nearly so.
 */
export function systematicMatrix(nIn: number, nOut: number, random: Random): XorMatrix {
  if (nIn < 2 || nIn > nOut) {
    throw new FlexorError('usage', `M⊕: a systematic one needs N_in from 2 to N_out, got ${nIn} and ${nOut}`);
  }
  const bits = new Uint8Array(nIn * nOut);
  bits.set(identityMatrix(nIn).bits);
  if (nOut > nIn) bits.set(tapMatrix(nIn, nOut - nIn, 2, random).bits, nIn * nIn);
  return xorMatrix(nIn, nOut, bits);
}

/** The identity: weight bits stored as they are, 1 bit/weight. */
export function identityMatrix(n: number): XorMatrix {
  const bits = new Uint8Array(n * n);
  for (let i = 0; i < n; i++) bits[i * n + i] = 1;
  return xorMatrix(n, n, bits);
}

/** True where M⊕ leaves the bits as they are: plain binary codes. */
export function isIdentity({ nIn, nOut, bits }: XorMatrix): boolean {
  return nIn === nOut && bits.every((bit, at) => bit === (at % (nIn + 1) === 0 ? 1 : 0));
}

/** For each row, the encrypted bits it taps, in ascending order. */
export function rowTaps(matrix: XorMatrix): number[][] {
  return Array.from({ length: matrix.nOut }, (_, j) => {
    const taps: number[] = [];
    for (let i = 0; i < matrix.nIn; i++) if (matrix.bits[j * matrix.nIn + i]) taps.push(i);
    return taps;
  });
}

/** Slices that `weights` weight bits take; the last slice may be partly used. */
export function sliceCount(weights: number, matrix: XorMatrix): number {
  return Math.ceil(weights / matrix.nOut);
}

/**
 * Decrypts `weights` bits from `sliceCount(weights)·N_in` encrypted bits (one 0/1 per element, slices one after the
 * other). Surplus bits of the last slice are dropped.
 */
export function decrypt(encrypted: Uint8Array, matrix: XorMatrix, weights: number): Uint8Array {
  const { nIn, nOut } = matrix;
  const taps = rowTaps(matrix);
  const codes = new Uint8Array(weights);
  for (let f = 0, base = 0; f < weights; base += nIn) {
    for (let j = 0; j < nOut && f < weights; j++, f++) {
      let bit = 0;
      for (const i of taps[j]!) bit ^= encrypted[base + i]!;
      codes[f] = bit;
    }
  }
  return codes;
}
