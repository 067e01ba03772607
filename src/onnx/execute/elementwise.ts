/** Operators that work element by element, with broadcasting. */
import {
  addExact,
  compareExact,
  divideExact,
  exactOf,
  multiplyExact,
  negateExact,
  signExact,
  subtractExact,
} from '../../base/exact.js';
import type { Exact } from '../../base/exact.js';
import type { Context, Operator } from './context.js';
import { broadcastDims, broadcastIndices } from './indices.js';
import { exactValue, isFloat, largest, ROUNDING, roundedValue } from './value.js';
import type { Value } from './value.js';

interface Binary {
  readonly double: (a: number, b: number) => number;
  readonly exact: (a: Exact, b: Exact) => Exact;
  /** Bound of the result's error from those of the inputs, before its own rounding. */
  readonly error: (a: Value, b: Value) => number;
}

const sumError = (a: Value, b: Value): number => a.error + b.error;
const BINARY = {
  Add: { double: (a, b) => a + b, exact: addExact, error: sumError },
  Sub: { double: (a, b) => a - b, exact: subtractExact, error: sumError },
  Mul: {
    double: (a, b) => a * b,
    exact: multiplyExact,
    error: (a, b) => a.error * (largest(b.values) + b.error) + b.error * largest(a.values),
  },
  Div: {
    double: (a, b) => a / b,
    exact: divideExact,
    error: (a, b) => {
      const least = b.values.reduce((m, x) => Math.min(m, Math.abs(x)), Infinity) - b.error;
      return least > 0 ? (a.error + (largest(a.values) / least) * b.error) / least : Infinity;
    },
  },
  Max: { double: Math.max, exact: (a, b) => (compareExact(a, b) >= 0 ? a : b), error: sumError },
  Min: { double: Math.min, exact: (a, b) => (compareExact(a, b) <= 0 ? a : b), error: sumError },
} satisfies Record<string, Binary>;

/** Add, Sub, Mul, Div, Max, Min. */
export function binary(name: keyof typeof BINARY): Operator {
  return (context) => {
    const [first, ...others] = context.inputs();
    if (first === undefined) throw context.problem('needs inputs');
    return [others.reduce((a, b) => combine(context, name, a, b), first)];
  };
}

function combine(context: Context, name: keyof typeof BINARY, a: Value, b: Value): Value {
  const operation: Binary = BINARY[name];
  const dims = broadcastDims([a.dims, b.dims]);
  if (dims === null) throw context.problem(`inputs [${a.dims.join(', ')}] and [${b.dims.join(', ')}] do not broadcast`);
  if (a.type !== b.type) throw context.problem(`inputs must have one type, got ${a.type} and ${b.type}`);
  if (name === 'Div' && b.values.includes(0)) throw context.problem('divides by 0');
  const [left, right] = [broadcastIndices(a.dims, context.checked(dims)), broadcastIndices(b.dims, dims)];
  const values = Float64Array.from(left, (i, at) => operation.double(a.values[i]!, b.values[right[at]!]!));
  if (!isFloat(a.type)) return exactValue(dims, a.type, values.map(Math.trunc), a.constant && b.constant);
  const error = operation.error(a, b) + ROUNDING * largest(values);
  return roundedValue(dims, a.type, values, error, (i) => operation.exact(a.exactAt(left[i]!), b.exactAt(right[i]!)));
}

/** An operator with one input whose every element is computed by itself and exactly. */
function unary(double: (x: number) => number, exact: (x: Exact) => Exact, slope = 1): Operator {
  return (context) => {
    const x = context.input(0);
    const values = x.values.map(double);
    const error = slope * x.error + ROUNDING * largest(values);
    return [roundedValue(x.dims, x.type, values, error, (i) => exact(x.exactAt(i)))];
  };
}

export const relu = unary(
  (x) => Math.max(x, 0),
  (x) => (signExact(x) < 0 ? exactOf(0) : x),
);
export const negate = unary((x) => -x, negateExact);
export const absolute = unary(Math.abs, (x) => (signExact(x) < 0 ? negateExact(x) : x));

/** −1, 0, 1: a jump, so elements near 0 are decided exactly. */
export const sign: Operator = (context) => {
  const x = context.input(0);
  const values = x.values.map((v, i) => (Math.abs(v) > x.error ? Math.sign(v) : signExact(x.exactAt(i))));
  return [exactValue(x.dims, x.type, values, x.constant)];
};

/** Clip, with its limits as attributes (opset 6) or inputs (opset 11). */
export const clip: Operator = (context) => {
  const x = context.input(0);
  const limit = (name: string, index: number, otherwise: number): number => {
    if (context.opset < 11) return context.float(name, otherwise);
    return context.optional(index) === null ? otherwise : context.scalar(index);
  };
  const [low, high] = [limit('min', 1, -Infinity), limit('max', 2, Infinity)];
  const within = (v: Exact): Exact => {
    if (high < Infinity && compareExact(v, exactOf(high)) > 0) return exactOf(high);
    return low > -Infinity && compareExact(v, exactOf(low)) < 0 ? exactOf(low) : v;
  };
  const values = x.values.map((v) => Math.min(high, Math.max(low, v)));
  return [roundedValue(x.dims, x.type, values, x.error, (i) => within(x.exactAt(i)))];
};

/** x below 0 is multiplied by alpha. */
export const leakyRelu: Operator = (context) => {
  const alpha = context.float('alpha', 0.01);
  const scale = exactOf(alpha);
  const slope = Math.max(1, Math.abs(alpha));
  const exact = (x: Exact): Exact => (signExact(x) < 0 ? multiplyExact(x, scale) : x);
  return unary((x) => (x < 0 ? alpha * x : x), exact, slope)(context);
};

/** A function without rational values: the double counts as exact (value.ts). */
export function transcendental(f: (x: number) => number): Operator {
  return (context) => {
    const x = context.input(0);
    const values = x.values.map(f);
    if (values.some((y) => !Number.isFinite(y))) throw context.problem('has no finite value for its input');
    return [exactValue(x.dims, x.type, values, x.constant)];
  };
}

/** a to the power of b; only of constants, or squares, is anything needed. */
export const power: Operator = (context) => {
  const [a, b] = [context.input(0), context.input(1)];
  const dims = broadcastDims([a.dims, b.dims]);
  if (dims === null) throw context.problem('inputs do not broadcast');
  const [left, right] = [broadcastIndices(a.dims, context.checked(dims)), broadcastIndices(b.dims, dims)];
  const values = Float64Array.from(left, (i, at) => Math.pow(a.values[i]!, b.values[right[at]!]!));
  if (values.some((y) => !Number.isFinite(y))) throw context.problem('has no finite value for its input');
  return [exactValue(dims, a.type, values, a.constant && b.constant)];
};
