/**
 * M⊕ without inputs that cannot matter. An M⊕ of rank r < N_in gives only 2^r different slices, so that r bits are enough:
 * M⊕ = M'·T with the N_out×r matrix M' of r independent columns of M⊕, and stored bits x' = T·x. Every decrypted bit stays
 * what it was, because M'·(T·x) = M⊕·x.
 *
 * With two taps in every row, M⊕ is a graph whose vertices are the inputs: its columns add up to 0 over every connected
 * component, one column of each is left out, and T adds that reference bit to the others of the component.
 */
import { invariant } from '../base/errors.js';
import { codeBasis } from './encrypt.js';
import { sliceCount, xorMatrix } from './matrix.js';
import { Span } from './span.js';
import type { XorMatrix } from './types.js';

export interface Compaction {
  /** M': columns of M⊕, as many as its rank or as asked for. */
  readonly matrix: XorMatrix;
  /** For each stored bit of a slice, the bits of the old slice whose XOR it is. */
  readonly sums: readonly (readonly number[])[];
}

/** Rank of M⊕ over GF(2): bits of a slice that are worth storing. */
export function rankOf(matrix: XorMatrix): number {
  return codeBasis(matrix).length;
}

/**
 * M⊕ on `inputs` bits a slice, at least its rank (the default). Of all independent columns those with the fewest ones stay:
 * taken in this order they are the set with the fewest ones of all.
 */
export function compactMatrix(matrix: XorMatrix, inputs: number = rankOf(matrix)): Compaction {
  const { nIn, nOut, bits } = matrix;
  const columns = columnsOf(matrix);
  const order = columns.map((_, i) => i).sort((a, b) => weight(columns[a]!) - weight(columns[b]!) || a - b);
  const span = new Span();
  const basis = order.filter((i) => span.add(columns[i]!));
  invariant(inputs >= basis.length && inputs <= nIn, `M⊕ of rank ${basis.length} on ${inputs} of ${nIn} bits`);
  const others = order.filter((i) => !basis.includes(i));
  const kept = [...basis, ...others.slice(0, inputs - basis.length)].sort((a, b) => a - b);
  const left = new Uint8Array(nOut * inputs);
  for (let j = 0; j < nOut; j++) kept.forEach((i, k) => (left[j * inputs + k] = bits[j * nIn + i]!));
  return { matrix: xorMatrix(inputs, nOut, left), sums: sumsOf(columns, basis, kept) };
}

/** Columns as masks: bit j is row j. */
function columnsOf({ nIn, nOut, bits }: XorMatrix): bigint[] {
  const columns = new Array<bigint>(nIn).fill(0n);
  for (let j = 0; j < nOut; j++) {
    for (let i = 0; i < nIn; i++) if (bits[j * nIn + i]) columns[i]! |= 1n << BigInt(j);
  }
  return columns;
}

function weight(mask: bigint): number {
  return mask.toString(2).replaceAll('0', '').length;
}

/** T: column i of M⊕ is a sum of basis columns; bit i of the old slice goes into the stored bits of these. */
function sumsOf(columns: readonly bigint[], basis: readonly number[], kept: readonly number[]): number[][] {
  const place = new Map(kept.map((i, k) => [i, k]));
  const sums: number[][] = kept.map(() => []);
  const reduced = reduce(basis.map((i) => columns[i]!));
  columns.forEach((column, i) => {
    const at = place.get(i);
    if (at !== undefined) sums[at]!.push(i);
    else for (const b of express(column, reduced)) sums[place.get(basis[b]!)!]!.push(i);
  });
  return sums;
}

interface Reduced {
  readonly pivot: bigint;
  readonly vector: bigint;
  /** Bit b: basis vector b takes part. */
  readonly parts: bigint;
}

function reduce(vectors: readonly bigint[]): Reduced[] {
  const reduced: Reduced[] = [];
  vectors.forEach((vector, b) => {
    let [rest, parts] = [vector, 1n << BigInt(b)];
    for (const other of reduced) if (rest & other.pivot) [rest, parts] = [rest ^ other.vector, parts ^ other.parts];
    invariant(rest !== 0n, 'columns of a basis of M⊕ depend on each other');
    reduced.push({ pivot: rest & -rest, vector: rest, parts });
  });
  return reduced;
}

/** Numbers of the basis vectors whose sum a vector is. */
function express(vector: bigint, reduced: readonly Reduced[]): number[] {
  let [rest, parts] = [vector, 0n];
  for (const other of reduced) if (rest & other.pivot) [rest, parts] = [rest ^ other.vector, parts ^ other.parts];
  invariant(rest === 0n, 'a column of M⊕ is no sum of its basis');
  return reduced.flatMap((_, b) => (parts & (1n << BigInt(b)) ? [b] : []));
}

/** Encrypted bits of a plane of `weights` weights (a 0 or 1 per element, slice by slice) for the compacted M⊕. */
export function compactBits(
  encrypted: Uint8Array,
  matrix: XorMatrix,
  { sums }: Compaction,
  weights: number,
): Uint8Array {
  const slices = sliceCount(weights, matrix);
  const stored = new Uint8Array(slices * sums.length);
  for (let slice = 0, to = 0; slice < slices; slice++) {
    for (const sum of sums) {
      let bit = 0;
      for (const i of sum) bit ^= encrypted[slice * matrix.nIn + i]!;
      stored[to++] = bit;
    }
  }
  return stored;
}
