/**
 * What an M⊕ is worth: how different its outputs are, how far apart the code words are that it can produce, and what it
 * costs in gates. FleXOR (section 3) wants outputs that differ in many bits when encrypted bits change.
 */
import { onesOf } from '../base/bits.js';
import { codeBasis } from './encrypt.js';
import { DEFAULT_CIRCUIT, hardwareCircuit } from './hardware-circuit.js';
import type { CircuitOptions } from './hardware-circuit.js';
import { rowTaps } from './matrix.js';
import { naiveGateCount } from './circuit.js';
import type { XorMatrix } from './types.js';

/** Smallest and mean distance; null where there are no two things to compare, or too many to count. */
export interface Distance {
  readonly min: number | null;
  readonly mean: number | null;
}

export interface XorAlgebra {
  /** Different rows: equal ones make two weights of every slice equal for good. */
  readonly distinctRows: number;
  /** Rank over GF(2); below min(N_in, N_out) some encrypted bits are wasted. */
  readonly rank: number;
  /** Hamming distance between rows as coefficient vectors: encrypted bits that only one of two outputs depends on. */
  readonly rowDistance: Distance;
  /**
   * Distance of the code {M⊕·x}, between different words; `min` is null above rank 20. The mean is exact:
   * every output is 1 in half of the 2^rank words.
   */
  readonly codeDistance: Distance;
}

export interface XorCost {
  /** Two-input XORs of one copy of the circuit; null for matrices too large to minimise in passing. */
  readonly gates: number | null;
  readonly depth: number | null;
  /** With a chain per row. */
  readonly naiveGates: number;
}

export type XorProperties = XorAlgebra & XorCost;

/** Rank up to which all code words are enumerated: a million. */
const MAX_ENUMERATED_RANK = 20;
/** Ones up to which minimisation takes well below a second or two. */
const MAX_MINIMISED_ONES = 1500;

/** Everything about an M⊕; gates and depth are those of the circuit that hardware gets with these options. */
export function xorProperties(matrix: XorMatrix, options: CircuitOptions = DEFAULT_CIRCUIT): XorProperties {
  const ones = matrix.bits.reduce((sum, bit) => sum + bit, 0);
  const circuit = ones > MAX_MINIMISED_ONES ? null : hardwareCircuit(matrix, options);
  return {
    ...xorAlgebra(matrix),
    gates: circuit?.gateCount ?? null,
    depth: circuit?.depth ?? null,
    naiveGates: naiveGateCount(matrix),
  };
}

/** The part that does not need minimisation. */
export function xorAlgebra(matrix: XorMatrix): XorAlgebra {
  const basis = codeBasis(matrix).map(({ word }) => words(word, matrix.nOut));
  const rank = basis.length;
  const enumerated = rank <= MAX_ENUMERATED_RANK;
  return {
    distinctRows: new Set(rowTaps(matrix).map((row) => row.join(' '))).size,
    rank,
    rowDistance: rowDistance(matrix),
    codeDistance: {
      min: enumerated ? leastWeight(basis) : null,
      // N_out/2 over all words; the zero word itself is no partner: 2^k/(2^k − 1) of it.
      mean: matrix.nOut / 2 / (1 - 2 ** -rank),
    },
  };
}

function rowDistance({ nIn, nOut, bits }: XorMatrix): Distance {
  let min = Infinity;
  let sum = 0;
  for (let j = 0; j < nOut; j++) {
    for (let k = 0; k < j; k++) {
      let distance = 0;
      for (let i = 0; i < nIn; i++) distance += bits[j * nIn + i]! ^ bits[k * nIn + i]!;
      min = Math.min(min, distance);
      sum += distance;
    }
  }
  return nOut < 2 ? { min: null, mean: null } : { min, mean: sum / ((nOut * (nOut - 1)) / 2) };
}

/** Bits of a mask in words of 32. */
function words(mask: bigint, bits: number): Int32Array {
  return Int32Array.from({ length: Math.ceil(bits / 32) }, (_, w) => Number(BigInt.asIntN(32, mask >> BigInt(32 * w))));
}

/** Least weight of the words other than 0 that a basis spans, in the order of a Gray code: one addition a word. */
function leastWeight(basis: readonly Int32Array[]): number {
  const word = new Int32Array(basis[0]!.length);
  let least = Infinity;
  for (let n = 1; n < 2 ** basis.length; n++) {
    const added = basis[31 - Math.clz32(n & -n)]!;
    let weight = 0;
    for (let w = 0; w < word.length; w++) weight += onesOf((word[w]! ^= added[w]!));
    if (weight < least) least = weight;
  }
  return least;
}
