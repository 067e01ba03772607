/**
 * MatMul, Gemm, Conv and BatchNormalization. Each output element of the first three is a sum of products Σ a_i·b_j; the
 * double is that sum, its error is bounded by n·ε·n·max|a|·max|b|, and its exact value is the same sum in exact numbers.
 */
import { addExact, divideExact, exactOf, multiplyExact, sqrtExact, subtractExact, ZERO } from '../../base/exact.js';
import type { Exact } from '../../base/exact.js';
import type { Context, Operator } from './context.js';
import { broadcastDims, broadcastIndices, stridesOf } from './indices.js';
import { largest, ROUNDING, roundedValue } from './value.js';
import type { Value } from './value.js';
import { slidingWindow } from './windows.js';

/** Calls back with the positions in a and b of every product of an output element. */
type Products = (element: number, product: (a: number, b: number) => void) => void;

/** Tensor of sums of products of elements of a and b, `terms` at most each. */
function sumsOfProducts(dims: readonly number[], a: Value, b: Value, terms: number, products: Products): Value {
  const size = dims.reduce((product, n) => product * n, 1);
  const values = new Float64Array(size);
  const [left, right] = [a.values, b.values];
  for (let element = 0; element < size; element++) {
    let sum = 0;
    products(element, (i, j) => {
      sum += left[i]! * right[j]!;
    });
    values[element] = sum;
  }
  const [la, lb] = [largest(left), largest(right)];
  const error = terms * (a.error * (lb + b.error) + b.error * la + ROUNDING * terms * la * lb);
  return roundedValue(dims, a.type, values, error, (element) => {
    let sum: Exact = ZERO;
    products(element, (i, j) => {
      if (left[i] === 0 && a.error === 0) return;
      sum = addExact(sum, multiplyExact(a.exactAt(i), b.exactAt(j)));
    });
    return sum;
  });
}

/** Matrix product with numpy's rules for vectors and stacks of matrices. */
export const matMul: Operator = (context) => {
  const [a, b] = [context.input(0), context.input(1)];
  if (a.dims.length === 0 || b.dims.length === 0) throw context.problem('inputs must not be single numbers');
  const aDims = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const bDims = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [rows, inner] = aDims.slice(-2) as [number, number];
  const [innerB, columns] = bDims.slice(-2) as [number, number];
  if (inner !== innerB)
    throw context.problem(`inputs [${a.dims.join(', ')}] and [${b.dims.join(', ')}] do not multiply`);
  const [aStack, bStack] = [aDims.slice(0, -2), bDims.slice(0, -2)];
  const stack = broadcastDims([aStack, bStack]);
  if (stack === null) throw context.problem('stacks of matrices do not broadcast');
  const [aAt, bAt] = [broadcastIndices(aStack, stack), broadcastIndices(bStack, stack)];
  const dims = [...stack, ...(a.dims.length === 1 ? [] : [rows]), ...(b.dims.length === 1 ? [] : [columns])];
  return [
    sumsOfProducts(context.checked(dims), a, b, inner, (element, product) => {
      const column = element % columns;
      const row = Math.floor(element / columns) % rows;
      const matrix = Math.floor(element / (columns * rows));
      let i = (aAt[matrix]! * rows + row) * inner;
      let j = bAt[matrix]! * inner * columns + column;
      for (let k = 0; k < inner; k++, i++, j += columns) product(i, j);
    }),
  ];
};

/** alpha·A·B + beta·C, A and B transposed on request. */
export const gemm: Operator = (context) => {
  const [a, b, c] = [context.input(0), context.input(1), context.optional(2)];
  if (a.dims.length !== 2 || b.dims.length !== 2) throw context.problem('inputs must be matrices');
  const [transA, transB] = [context.integer('transA', 0) !== 0, context.integer('transB', 0) !== 0];
  const [rows, inner] = transA ? [a.dims[1]!, a.dims[0]!] : [a.dims[0]!, a.dims[1]!];
  const [innerB, columns] = transB ? [b.dims[1]!, b.dims[0]!] : [b.dims[0]!, b.dims[1]!];
  if (inner !== innerB)
    throw context.problem(`inputs [${a.dims.join(', ')}] and [${b.dims.join(', ')}] do not multiply`);
  const [aRow, aStep] = transA ? [1, rows] : [inner, 1];
  const [bColumn, bStep] = transB ? [inner, 1] : [1, columns];
  const product = sumsOfProducts(context.checked([rows, columns]), a, b, inner, (element, visit) => {
    let i = Math.floor(element / columns) * aRow;
    let j = (element % columns) * bColumn;
    for (let k = 0; k < inner; k++, i += aStep, j += bStep) visit(i, j);
  });
  return [withBias(context, scaled(product, context.float('alpha', 1)), c && scaled(c, context.float('beta', 1)))];
};

function scaled(value: Value, factor: number): Value {
  if (factor === 1) return value;
  const values = value.values.map((x) => x * factor);
  const error = value.error * Math.abs(factor) + ROUNDING * largest(values);
  return roundedValue(value.dims, value.type, values, error, (i) => multiplyExact(value.exactAt(i), exactOf(factor)));
}

/** product + bias, the bias broadcast to it. */
function withBias(context: Context, product: Value, bias: Value | null): Value {
  if (bias === null) return product;
  const dims = broadcastDims([product.dims, bias.dims]);
  if (dims === null)
    throw context.problem(`a bias [${bias.dims.join(', ')}] does not fit [${product.dims.join(', ')}]`);
  context.sameDims(dims, product.dims, 'bias');
  const at = broadcastIndices(bias.dims, product.dims);
  const values = product.values.map((x, i) => x + bias.values[at[i]!]!);
  const error = product.error + bias.error + ROUNDING * largest(values);
  return roundedValue(product.dims, product.type, values, error, (i) =>
    addExact(product.exactAt(i), bias.exactAt(at[i]!)),
  );
}

/** Convolution over any number of spatial axes, with groups, strides, dilations and pads. Weights are [C_out, C_in/g, …k]. */
export const conv: Operator = (context) => {
  const [x, w, b] = [context.input(0), context.input(1), context.optional(2)];
  const groups = context.integer('group', 1);
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const [outChannels, perGroup, ...kernel] = w.dims as [number, number, ...number[]];
  if (spatial.length === 0 || kernel.length !== spatial.length) {
    throw context.problem(`weights [${w.dims.join(', ')}] do not fit an input [${x.dims.join(', ')}]`);
  }
  if (groups < 1 || channels !== perGroup * groups || outChannels % groups !== 0) {
    throw context.problem(`${channels} channels and weights [${w.dims.join(', ')}] do not split in ${groups} groups`);
  }
  const window = slidingWindow(context, spatial, kernel);
  const outDims = context.checked([batch, outChannels, ...window.outDims]);
  const [places, taps] = [window.outDims.reduce((p, n) => p * n, 1), kernel.reduce((p, n) => p * n, 1)];
  const pixels = spatial.reduce((p, n) => p * n, 1);
  const outPerGroup = outChannels / groups;
  const sums = sumsOfProducts(outDims, x, w, perGroup * taps, (element, product) => {
    const place = element % places;
    const channel = Math.floor(element / places) % outChannels;
    const image = Math.floor(element / (places * outChannels));
    const first = Math.floor(channel / outPerGroup) * perGroup;
    for (const [tap, pixel] of window.covered(place)) {
      for (let c = 0; c < perGroup; c++) {
        product((image * channels + first + c) * pixels + pixel, (channel * perGroup + c) * taps + tap);
      }
    }
  });
  if (b === null) return [sums];
  return [withBias(context, sums, { ...b, dims: [outChannels, ...window.outDims.map(() => 1)] })];
};

/** (x − mean)·scale/√(variance + ε) + bias per channel (axis 1). */
export const batchNormalization: Operator = (context) => {
  const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((i) => context.input(i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const epsilon = context.float('epsilon', 1e-5);
  const channels = x.dims[1] ?? 1;
  for (const each of [scale, bias, mean, variance]) context.sameDims(each.dims, [channels], 'parameters');
  const bad = variance.values.find((v) => v + epsilon <= 0);
  if (bad !== undefined) throw context.problem(`variance + epsilon must be positive, got ${bad} + ${epsilon}`);
  const inner = stridesOf(x.dims)[1] ?? 1;
  const channelOf = (i: number): number => Math.floor(i / inner) % channels;
  const gain = Float64Array.from(scale.values, (g, c) => g / Math.sqrt(variance.values[c]! + epsilon));
  const values = x.values.map((v, i) => {
    const c = channelOf(i);
    return (v - mean.values[c]!) * gain[c]! + bias.values[c]!;
  });
  const centred = largest(x.values) + largest(mean.values);
  const error = (x.error + 8 * ROUNDING * centred) * largest(gain) + 4 * ROUNDING * largest(values);
  const slopes = new Map<number, Exact>();
  const slope = (c: number): Exact => {
    const known = slopes.get(c) ?? divideExact(scale.exactAt(c), sqrtOf(variance.exactAt(c), epsilon));
    slopes.set(c, known);
    return known;
  };
  return [
    roundedValue(x.dims, x.type, values, error, (i) => {
      const c = channelOf(i);
      return addExact(multiplyExact(subtractExact(x.exactAt(i), mean.exactAt(c)), slope(c)), bias.exactAt(c));
    }),
  ];
};

function sqrtOf(variance: Exact, epsilon: number): Exact {
  return sqrtExact(addExact(variance, exactOf(epsilon)));
}
