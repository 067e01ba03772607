/**
 * The FleXOR operation in plain typed arrays: encrypted weights x (float) → sign → M⊕ → codes ±1, and its gradients.
 *
 * With n taps in a row, f(x_1..x_n) = (−1)^{n−1}·Π sign(x_i) (eq. 2), sign(0) = +1. Gradients:
 *   eq. 6: ∂f/∂x_i = S·(−1)^{n−1}·(1 − tanh²(S·x_i))·Π_{j≠i} sign(x_j)
 *   eq. 5: ∂f/∂x_i = S·(−1)^{n−1}·(1 − tanh²(S·x_i))·Π_{j≠i} tanh(S·x_j), the gradient of eq. 4
 *   ste:   ∂f/∂x_i =   (−1)^{n−1}·Π_{j≠i} sign(x_j), the sign's derivative taken as 1
 * For signs, (−1)^{n−1}·Π_{j≠i} sign(x_j) = f·sign(x_i), so eq. 6 and ste need only Σ over the rows that tap x_i of
 * (∂L/∂f)·f. Slices of N_in x's give N_out codes; the last slice may be partly used.
 */
import { invariant } from '../../base/errors.js';
import { rowTaps, sliceCount } from '../../xor/matrix.js';
import type { XorMatrix } from '../../xor/types.js';

export const GRADIENT_RULES = ['eq6', 'eq5', 'ste'] as const;
export type GradientRule = (typeof GRADIENT_RULES)[number];

/** Encrypted bits looked up at once: the tables of a group have 2^6 rows and stay in the first-level cache. */
const GROUP_BITS = 6;

/** M⊕ prepared for a given number of weights. */
export interface FlexorOp {
  readonly nIn: number;
  readonly nOut: number;
  readonly weights: number;
  readonly slices: number;
  /** Row j taps `taps[first[j]] .. taps[first[j + 1] − 1]`. */
  readonly first: Int32Array;
  readonly taps: Int32Array;
  /** Encrypted bit i is tapped by rows `rows[firstRow[i]] .. rows[firstRow[i + 1] − 1]`. */
  readonly firstRow: Int32Array;
  readonly rows: Int32Array;
  /**
   * Per group of GROUP_BITS encrypted bits: `table[pattern · nOut + j]` is the product of −sign over the taps of row j
   * in the group (times −1 in the first group, so that the product over the groups is eq. 2).
   */
  readonly tables: readonly Float32Array[];
}

export function flexorOp(matrix: XorMatrix, weights: number): FlexorOp {
  const { nIn, nOut } = matrix;
  const byRow = rowTaps(matrix);
  const byColumn = Array.from({ length: nIn }, (_, i) => byRow.flatMap((row, j) => (row.includes(i) ? [j] : [])));
  const starts = (lists: readonly number[][]): Int32Array => {
    const first = new Int32Array(lists.length + 1);
    lists.forEach((list, k) => (first[k + 1] = first[k]! + list.length));
    return first;
  };
  return {
    nIn,
    nOut,
    weights,
    slices: sliceCount(weights, matrix),
    first: starts(byRow),
    taps: Int32Array.from(byRow.flat()),
    firstRow: starts(byColumn),
    rows: Int32Array.from(byColumn.flat()),
    tables: Array.from({ length: Math.ceil(nIn / GROUP_BITS) }, (_, g) => groupTable(byRow, g, nOut)),
  };
}

function groupTable(byRow: readonly number[][], group: number, nOut: number): Float32Array {
  const table = new Float32Array((1 << GROUP_BITS) * nOut);
  for (let pattern = 0; pattern < 1 << GROUP_BITS; pattern++) {
    byRow.forEach((row, j) => {
      let product = group === 0 ? -1 : 1;
      for (const tap of row) {
        const bit = tap - group * GROUP_BITS;
        if (bit >= 0 && bit < GROUP_BITS && (pattern >> bit) & 1) product = -product;
      }
      table[pattern * nOut + j] = product;
    });
  }
  return table;
}

/** 1 where the float32 with these bits is below 0, else 0 (−0 counts as 0). Signs are random: a branch would stall. */
function isNegative(floatBits: number): number {
  return (floatBits & -(floatBits & 0x7fffffff)) >>> 31;
}

/** Eq. 2 for all weights; writes ±1 to `codes`. */
export function forward(op: FlexorOp, x: Float32Array, codes: Float32Array): void {
  const { nIn, nOut, weights, slices, tables } = op;
  invariant(x.length === slices * nIn && codes.length === weights, 'FleXOR forward: array sizes');
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  tables.forEach((table, group) => {
    const from = group * GROUP_BITS;
    const to = Math.min(nIn, from + GROUP_BITS);
    for (let s = 0, f = 0; s < slices; s++) {
      let pattern = 0;
      for (let i = to - 1; i >= from; i--) pattern = 2 * pattern + 1 - isNegative(bits[s * nIn + i]!);
      const end = Math.min(weights, f + nOut);
      if (group === 0) for (let at = pattern * nOut; f < end; f++, at++) codes[f] = table[at]!;
      else for (let at = pattern * nOut; f < end; f++, at++) codes[f]! *= table[at]!;
    }
  });
}

/** 1 − tanh²(z), through one exponential of a number that is never positive. */
export function sechSquared(z: number): number {
  const e = Math.exp(-2 * Math.abs(z));
  const d = 1 + e;
  return (4 * e) / (d * d);
}

/** ∂L/∂x from ∂L/∂codes (`gradient`); writes all of `out`. */
export function backward(
  op: FlexorOp,
  rule: GradientRule,
  sTanh: number,
  x: Float32Array,
  codes: Float32Array,
  gradient: Float32Array,
  out: Float32Array,
): void {
  invariant(x.length === op.slices * op.nIn && out.length === x.length, 'FleXOR backward: encrypted array sizes');
  invariant(codes.length === op.weights && gradient.length === op.weights, 'FleXOR backward: weight array sizes');
  if (rule === 'eq5') backwardProductOfTanh(op, sTanh, x, gradient, out);
  else backwardSigns(op, rule === 'ste' ? null : sTanh, x, codes, gradient, out);
}

/** Eq. 6, or straight-through where `sTanh` is null. */
function backwardSigns(
  op: FlexorOp,
  sTanh: number | null,
  x: Float32Array,
  codes: Float32Array,
  gradient: Float32Array,
  out: Float32Array,
): void {
  const { nIn, nOut, weights, slices, firstRow, rows } = op;
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  // Surplus rows of the last slice keep the product 0.
  const products = new Float64Array(nOut);
  for (let s = 0, f = 0, base = 0; s < slices; s++, base += nIn) {
    const used = Math.min(nOut, weights - f);
    for (let j = 0; j < used; j++, f++) products[j] = gradient[f]! * codes[f]!;
    for (let j = used; j < nOut; j++) products[j] = 0;
    for (let i = 0, r = 0; i < nIn; i++) {
      let sum = 0;
      for (const end = firstRow[i + 1]!; r < end; r++) sum += products[rows[r]!]!;
      const slope = sTanh === null ? 1 : sTanh * sechSquared(sTanh * x[base + i]!);
      out[base + i] = slope * sum * (1 - 2 * isNegative(bits[base + i]!));
    }
  }
}

/** Eq. 5: products of the other taps' tanh by prefix and suffix, so that no tanh near 0 is divided by. */
function backwardProductOfTanh(
  op: FlexorOp,
  sTanh: number,
  x: Float32Array,
  gradient: Float32Array,
  out: Float32Array,
): void {
  const { nIn, nOut, weights, slices, first, taps } = op;
  const soft = new Float64Array(nIn);
  const sums = new Float64Array(nIn);
  const prefix = new Float64Array(nIn + 1);
  for (let s = 0, f = 0, base = 0; s < slices; s++, base += nIn) {
    for (let i = 0; i < nIn; i++) soft[i] = -Math.tanh(sTanh * x[base + i]!);
    sums.fill(0);
    const rows = Math.min(nOut, weights - f);
    for (let j = 0; j < rows; j++, f++) {
      const start = first[j]!;
      const end = first[j + 1]!;
      // −tanh for each of the n − 1 other taps carries the factor (−1)^{n−1}.
      prefix[0] = gradient[f]!;
      for (let t = start; t < end; t++) prefix[t - start + 1] = prefix[t - start]! * soft[taps[t]!]!;
      for (let t = end - 1, suffix = 1; t >= start; t--) {
        sums[taps[t]!]! += prefix[t - start]! * suffix;
        suffix *= soft[taps[t]!]!;
      }
    }
    for (let i = 0; i < nIn; i++) out[base + i] = sTanh * sechSquared(sTanh * x[base + i]!) * sums[i]!;
  }
}
