/**
 * The code {M⊕·x}: the slices of weight bits that encrypted bits can give. Which checks they pass, and which encrypted bits
 * give them.
 */
import { invariant } from '../base/errors.js';
import type { XorMatrix } from './types.js';

/** A word of the code that is 1 at its pivot, where the other basis words are 0. */
export interface BasisWord {
  readonly pivot: number;
  /** Bit j is weight bit j. */
  readonly word: bigint;
  /** Bit i is encrypted bit i: M⊕ makes the word of these. */
  readonly encrypted: bigint;
}

const bit = (mask: bigint, at: number): number => Number((mask >> BigInt(at)) & 1n);

/** Columns of M⊕ fully reduced against each other (Gauss-Jordan); those that others give are left out. */
export function codeBasis({ nIn, nOut, bits }: XorMatrix): BasisWord[] {
  let basis: BasisWord[] = [];
  for (let i = 0; i < nIn; i++) {
    let word = 0n;
    let encrypted = 1n << BigInt(i);
    for (let j = 0; j < nOut; j++) if (bits[j * nIn + i]) word |= 1n << BigInt(j);
    for (const other of basis) {
      if (bit(word, other.pivot) === 0) continue;
      word ^= other.word;
      encrypted ^= other.encrypted;
    }
    if (word === 0n) continue;
    const pivot = word.toString(2).length - 1;
    const added = { pivot, word, encrypted };
    basis = basis.map((other) =>
      bit(other.word, pivot) === 0
        ? other
        : { ...other, word: other.word ^ word, encrypted: other.encrypted ^ encrypted },
    );
    basis.push(added);
  }
  return basis;
}

/**
 * The parity-check matrix of the code by columns: mask j holds the checks that weight bit j takes part in. A slice of weight
 * bits is in the code if and only if the masks of its ones sum to 0. There are N_out − rank checks.
 */
export function parityChecks(matrix: XorMatrix): bigint[] {
  const basis = codeBasis(matrix);
  const checks = new Array<bigint>(matrix.nOut).fill(0n);
  const pivots = new Set(basis.map(({ pivot }) => pivot));
  let check = 1n;
  for (let j = 0; j < matrix.nOut; j++) {
    if (pivots.has(j)) continue;
    // Weight bit j is the sum of the pivots whose basis words have it.
    checks[j] = check;
    for (const { pivot, word } of basis) if (bit(word, j) === 1) checks[pivot]! |= check;
    check <<= 1n;
  }
  return checks;
}

/**
 * Encrypted bits (one 0/1 per element, N_in a slice) that `decrypt` turns into these whole slices of weight bits, each of
 * which must be a word of the code.
 */
export function encrypt(codes: Uint8Array, matrix: XorMatrix): Uint8Array {
  const { nIn, nOut } = matrix;
  invariant(codes.length % nOut === 0, 'whole slices of weight bits');
  const parts = codeBasis(matrix).map(({ pivot, encrypted }) => ({
    pivot,
    inputs: Array.from({ length: nIn }, (_, i) => i).filter((i) => bit(encrypted, i) === 1),
  }));
  const x = new Uint8Array((codes.length / nOut) * nIn);
  for (let f = 0, base = 0; f < codes.length; f += nOut, base += nIn) {
    for (const { pivot, inputs } of parts) if (codes[f + pivot] === 1) for (const i of inputs) x[base + i]! ^= 1;
  }
  return x;
}
