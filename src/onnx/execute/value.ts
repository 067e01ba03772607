/**
 * A tensor while a graph is executed. The graph stands for real arithmetic on its constants: rounding of activations is no
 * part of it. `values` are doubles within `error` of that; where a quantiser stands so near to the boundary between two
 * integers that this does not decide, it asks for the element's exact value, which is computed from the exact values of
 * what the element comes from. So no quantised tensor depends on the order in which a sum was taken.
 *
 * Constants are float32, as in any runtime that folds them; outputs of quantisers are integers times a scale, exact.
 * Functions that have no rational value (softmax, sigmoid, …) give doubles that count as exact.
 */
import { invariant } from '../../base/errors.js';
import { exactOf } from '../../base/exact.js';
import type { Exact } from '../../base/exact.js';
import type { ElementType, OnnxTensor } from '../types.js';

/** Relative rounding error of one operation on doubles, doubled to be safe. */
export const ROUNDING = 2 ** -52;

export interface Value {
  readonly dims: readonly number[];
  readonly type: ElementType;
  readonly values: Float64Array;
  /** No element is farther from its exact value. */
  readonly error: number;
  /** Whether it depends on initialisers only. */
  readonly constant: boolean;
  exactAt(index: number): Exact;
}

/** A value whose doubles are exact. */
export function exactValue(dims: readonly number[], type: ElementType, values: Float64Array, constant: boolean): Value {
  invariant(values.length === sizeOf(dims), `${values.length} values for a tensor [${dims.join(', ')}]`);
  return { dims, type, values, error: 0, constant, exactAt: (i) => exactOf(values[i]!) };
}

/** A value computed in doubles, with the exact value of each element on demand; what was asked for is remembered. */
export function roundedValue(
  dims: readonly number[],
  type: ElementType,
  values: Float64Array,
  error: number,
  exact: (index: number) => Exact,
): Value {
  invariant(values.length === sizeOf(dims), `${values.length} values for a tensor [${dims.join(', ')}]`);
  const known = new Map<number, Exact>();
  return {
    dims,
    type,
    values,
    error,
    constant: false,
    exactAt(i) {
      const found = known.get(i) ?? exact(i);
      known.set(i, found);
      return found;
    },
  };
}

/** The same elements in another place or shape: element i is element source[i] of `from`. */
export function selected(from: Value, dims: readonly number[], source: Int32Array | null): Value {
  invariant((source ?? from.values).length === sizeOf(dims), `elements for a tensor [${dims.join(', ')}]`);
  return {
    ...from,
    dims,
    values: source === null ? from.values : Float64Array.from(source, (i) => from.values[i]!),
    exactAt: (i) => from.exactAt(source === null ? i : source[i]!),
  };
}

export function constantOf(tensor: OnnxTensor): Value {
  return exactValue(tensor.dims, tensor.type, tensor.values, true);
}

export function isFloat(type: ElementType): boolean {
  return type === 'float32' || type === 'float64' || type === 'float16';
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, n) => product * n, 1);
}

/** Largest magnitude. */
export function largest(values: Float64Array): number {
  let most = 0;
  for (const x of values) most = Math.max(most, Math.abs(x));
  return most;
}
