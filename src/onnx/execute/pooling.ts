/** Pooling and means over axes. */
import { addExact, compareExact, divideExact, exactOf, ZERO } from '../../base/exact.js';
import type { Context, Operator } from './context.js';
import { stridesOf, strided } from './indices.js';
import { exactValue, largest, ROUNDING, roundedValue, sizeOf } from './value.js';
import type { Value } from './value.js';
import { slidingWindow } from './windows.js';
import type { SlidingWindow } from './windows.js';

interface Pool {
  readonly x: Value;
  readonly window: SlidingWindow;
  readonly dims: readonly number[];
  /** Elements of the input that an output element covers. */
  covered(element: number): number[];
  place(element: number): number;
}

function pool(context: Context): Pool {
  const x = context.input(0);
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const kernel = context.integers('kernel_shape');
  if (kernel === null || spatial.length === 0 || kernel.length !== spatial.length) {
    throw context.problem(`kernel_shape must have one number for each spatial axis of [${x.dims.join(', ')}]`);
  }
  const window = slidingWindow(context, spatial, kernel);
  const dims = context.checked([batch, channels, ...window.outDims]);
  const [places, pixels] = [sizeOf(window.outDims), sizeOf(spatial)];
  const place = (element: number): number => element % places;
  const covered = (element: number): number[] => {
    const plane = Math.floor(element / places) * pixels;
    return window.covered(place(element)).map(([, pixel]) => plane + pixel);
  };
  return { x, window, dims, covered, place };
}

export const maxPool: Operator = (context) => {
  const { x, dims, covered } = pool(context);
  if (context.node.outputs.length > 1) throw context.problem('the second output (indices) is not supported');
  return [maxima(x, dims, covered)];
};

/** The maximum of the input elements of each output element. */
function maxima(x: Value, dims: readonly number[], covered: (element: number) => readonly number[]): Value {
  const values = Float64Array.from({ length: sizeOf(dims) }, (_, element) =>
    covered(element).reduce((most, i) => Math.max(most, x.values[i]!), -Infinity),
  );
  return roundedValue(dims, x.type, values, x.error, (element) =>
    covered(element)
      .map((i) => x.exactAt(i))
      .reduce((a, b) => (compareExact(a, b) >= 0 ? a : b)),
  );
}

export const averagePool: Operator = (context) => {
  const { x, window, dims, covered, place } = pool(context);
  const counting = context.integer('count_include_pad', 0) !== 0;
  return [
    means(x, dims, covered, (element) =>
      counting ? window.paddedSize(place(element)) : window.covered(place(element)).length,
    ),
  ];
};

/** The sum of the input elements of each output element, divided by a count. */
function means(
  x: Value,
  dims: readonly number[],
  covered: (element: number) => readonly number[],
  count: (element: number) => number,
): Value {
  let terms = 1;
  const values = Float64Array.from({ length: sizeOf(dims) }, (_, element) => {
    const from = covered(element);
    terms = Math.max(terms, from.length);
    return from.reduce((sum, i) => sum + x.values[i]!, 0) / count(element);
  });
  const error = x.error + ROUNDING * (terms + 1) * largest(x.values);
  return roundedValue(dims, x.type, values, error, (element) => {
    const sum = covered(element)
      .map((i) => x.exactAt(i))
      .reduce(addExact, ZERO);
    return divideExact(sum, exactOf(count(element)));
  });
}

/** Elements of a tensor that reduce to one: for each output element, over the given axes. */
function reduction(x: Value, axes: readonly number[], keep: boolean) {
  const strides = stridesOf(x.dims);
  const inner = axes.map((axis) => x.dims[axis]!);
  const offsets = strided(
    inner,
    axes.map((axis) => strides[axis]!),
    0,
  );
  const rest = x.dims.map((n, d) => (axes.includes(d) ? 1 : n));
  const starts = strided(rest, strides, 0);
  const dims = keep ? rest : x.dims.filter((_, d) => !axes.includes(d));
  const covered = (element: number): number[] => Array.from(offsets, (offset) => starts[element]! + offset);
  return { dims, covered, count: offsets.length };
}

const spatialAxes = (x: Value): number[] => x.dims.map((_, d) => d).slice(2);

export const globalAveragePool: Operator = (context) => {
  const x = context.input(0);
  const { dims, covered, count } = reduction(x, spatialAxes(x), true);
  return [means(x, dims, covered, () => count)];
};

export const globalMaxPool: Operator = (context) => {
  const x = context.input(0);
  const { dims, covered } = reduction(x, spatialAxes(x), true);
  return [maxima(x, dims, covered)];
};

export const reduceMean: Operator = (context) => {
  const x = context.input(0);
  const rank = x.dims.length;
  const axes = (context.listed('axes', 1) ?? x.dims.map((_, d) => d)).map((axis) => context.axis(axis, rank));
  const { dims, covered, count } = reduction(x, axes, context.integer('keepdims', 1) !== 0);
  return [means(x, dims, covered, () => count)];
};

/** Positions of the k largest along an axis, and their values; the lowest index first among equals. */
function ordered(x: Value, axis: number) {
  const stride = stridesOf(x.dims)[axis] ?? 1;
  const size = x.dims[axis] ?? 1;
  const { dims, covered } = reduction(x, [axis], true);
  const rows = Array.from({ length: sizeOf(dims) }, (_, element) => covered(element));
  const sorted = rows.map((row) =>
    row.map((at, k) => ({ at, k })).sort((a, b) => compareAt(x, b.at, a.at) || a.k - b.k),
  );
  return { stride, size, dims, rows, sorted };
}

function compareAt(x: Value, a: number, b: number): number {
  const difference = x.values[a]! - x.values[b]!;
  return Math.abs(difference) > 2 * x.error ? difference : compareExact(x.exactAt(a), x.exactAt(b));
}

export const argMax: Operator = (context) => {
  const x = context.input(0);
  const axis = context.axis(context.integer('axis', 0), x.dims.length);
  const { dims, sorted } = ordered(x, axis);
  const values = Float64Array.from(sorted, (row) => row[0]!.k);
  const kept = context.integer('keepdims', 1) !== 0 ? dims : dims.filter((_, d) => d !== axis);
  return [exactValue(kept, 'int64', values, x.constant)];
};

export const topK: Operator = (context) => {
  const x = context.input(0);
  const k = context.opset < 10 ? context.integer('k', 1) : context.scalar(1);
  const axis = context.axis(context.integer('axis', -1), x.dims.length);
  if (context.integer('largest', 1) === 0) throw context.problem('only the largest elements are supported');
  const { stride, size, dims, rows, sorted } = ordered(x, axis);
  if (k < 1 || k > size) throw context.problem(`k must be 1 to ${size}, got ${k}`);
  const outDims = dims.map((n, d) => (d === axis ? k : n));
  const [values, indices] = [new Float64Array(sizeOf(outDims)), new Float64Array(sizeOf(outDims))];
  for (const [r, row] of sorted.entries()) {
    // Rows start at multiples of the axis' size in the input and of k in the output, between the same strides.
    const start = Math.floor(rows[r]![0]! / (stride * size)) * stride * k + (rows[r]![0]! % stride);
    for (let i = 0; i < k; i++) {
      values[start + i * stride] = x.values[row[i]!.at]!;
      indices[start + i * stride] = row[i]!.k;
    }
  }
  return [exactValue(outDims, x.type, values, x.constant), exactValue(outDims, 'int64', indices, x.constant)];
};

/** exp(x)/Σ exp(x), or its logarithm. Before opset 13 over all axes from the given one on. */
export function softmax(logarithm: boolean): Operator {
  return (context) => {
    const x = context.input(0);
    const rank = x.dims.length;
    const first = context.axis(context.integer('axis', context.opset < 13 ? 1 : -1), rank);
    const axes = context.opset < 13 ? x.dims.map((_, d) => d).slice(first) : [first];
    const { dims, covered } = reduction(x, axes, true);
    const values = new Float64Array(x.values.length);
    for (let element = 0; element < sizeOf(dims); element++) {
      const row = covered(element);
      const most = row.reduce((m, i) => Math.max(m, x.values[i]!), -Infinity);
      const sum = row.reduce((total, i) => total + Math.exp(x.values[i]! - most), 0);
      for (const i of row) {
        const shifted = x.values[i]! - most;
        values[i] = logarithm ? shifted - Math.log(sum) : Math.exp(shifted) / sum;
      }
    }
    return [exactValue(x.dims, x.type, values, x.constant)];
  };
}
