/** Operators that move elements or tell shapes, and compute nothing. */
import type { Context, Operator } from './context.js';
import { broadcastDims, broadcastIndices, stridesOf, strided } from './indices.js';
import { constantOf, exactValue, selected, sizeOf } from './value.js';
import type { Value } from './value.js';
import { elementType } from '../tensors.js';
import { exactOf } from '../../base/exact.js';

export const identity: Operator = (context) => [context.input(0)];

/** Dropout does nothing at inference; its mask is all true. */
export const dropout: Operator = (context) => {
  const x = context.input(0);
  return [x, exactValue(x.dims, 'bool', new Float64Array(x.values.length).fill(1), true)];
};

/** Floats to floats keep their values; to integers they are cut off. */
export const cast: Operator = (context) => {
  const x = context.input(0);
  const type = elementType(context.integer('to', 0));
  if (type === null) throw context.problem(`casts to data type ${context.integer('to', 0)}, which is not supported`);
  const floats = ['float16', 'float32', 'float64'];
  if (floats.includes(type) && floats.includes(x.type)) return [{ ...x, type }];
  const cut = (v: number): number => (type === 'bool' ? (v === 0 ? 0 : 1) : floats.includes(type) ? v : Math.trunc(v));
  return [exactValue(x.dims, type, x.values.map(cut), x.constant)];
};

export const constant: Operator = (context) => {
  const { attributes } = context.node;
  const tensor = attributes.get('value');
  if (tensor?.kind === 'tensor') return [constantOf(tensor.value)];
  const [entry] = attributes;
  const [name, value] = entry ?? ['', undefined];
  const known =
    (value?.kind === 'float' && name === 'value_float') || (value?.kind === 'int' && name === 'value_int')
      ? { dims: [], type: value.kind, values: [value.value] }
      : value?.kind === 'floats' || value?.kind === 'ints'
        ? { dims: [value.value.length], type: value.kind.slice(0, -1), values: value.value }
        : null;
  if (known === null) throw context.problem('its value must be a tensor, or floats, or integers');
  const type = known.type === 'float' ? 'float32' : 'int64';
  return [exactValue(known.dims, type, Float64Array.from(known.values), true)];
};

export const constantOfShape: Operator = (context) => {
  const dims = context.checked([...context.input(0).values]);
  const value = context.node.attributes.get('value');
  const one = value?.kind === 'tensor' ? value.value : null;
  return [exactValue(dims, one?.type ?? 'float32', new Float64Array(sizeOf(dims)).fill(one?.values[0] ?? 0), true)];
};

/** Shapes are known before anything is computed, so this one is a constant whatever its input is. */
export const shape: Operator = (context) => {
  const { dims } = context.input(0);
  const rank = dims.length;
  const bound = (n: number): number => Math.min(rank, Math.max(0, n < 0 ? n + rank : n));
  const part = dims.slice(bound(context.integer('start', 0)), bound(context.integer('end', rank)));
  return [exactValue([part.length], 'int64', Float64Array.from(part), true)];
};

export const reshape: Operator = (context) => {
  const x = context.input(0);
  const stated = context.listed('shape', 1);
  if (stated === null) throw context.problem('needs a shape');
  const keepZero = context.integer('allowzero', 0) !== 0;
  const dims = stated.map((n, d) => (n === 0 && !keepZero ? (x.dims[d] ?? 0) : n));
  const free = dims.indexOf(-1);
  if (free >= 0) dims[free] = x.values.length / sizeOf(dims.filter((_, d) => d !== free));
  return [reshaped(context, x, dims)];
};

function reshaped(context: Context, x: Value, dims: readonly number[]): Value {
  if (dims.some((n) => !Number.isInteger(n) || n < 0) || sizeOf(dims) !== x.values.length) {
    throw context.problem(`[${x.dims.join(', ')}] does not fit the shape [${dims.join(', ')}]`);
  }
  return selected(x, dims, null);
}

export const flatten: Operator = (context) => {
  const x = context.input(0);
  const axis = context.integer('axis', 1);
  const at = axis < 0 ? axis + x.dims.length : axis;
  if (at < 0 || at > x.dims.length) throw context.problem(`axis ${axis} does not exist`);
  return [reshaped(context, x, [sizeOf(x.dims.slice(0, at)), sizeOf(x.dims.slice(at))])];
};

export const squeeze: Operator = (context) => {
  const x = context.input(0);
  const axes = (context.listed('axes', 1) ?? x.dims.flatMap((n, d) => (n === 1 ? [d] : []))).map((axis) =>
    context.axis(axis, x.dims.length),
  );
  return [
    reshaped(
      context,
      x,
      x.dims.filter((_, d) => !axes.includes(d)),
    ),
  ];
};

export const unsqueeze: Operator = (context) => {
  const x = context.input(0);
  const listed = context.listed('axes', 1);
  if (listed === null) throw context.problem('needs axes');
  const rank = x.dims.length + listed.length;
  const axes = listed.map((axis) => context.axis(axis, rank));
  const rest = [...x.dims];
  const dims = Array.from({ length: rank }, (_, d) => (axes.includes(d) ? 1 : (rest.shift() ?? 1)));
  return [reshaped(context, x, dims)];
};

export const transpose: Operator = (context) => {
  const x = context.input(0);
  const order = context.integers('perm') ?? x.dims.map((_, d) => x.dims.length - 1 - d);
  if ([...order].sort((a, b) => a - b).some((n, d) => n !== d) || order.length !== x.dims.length) {
    throw context.problem(`perm [${order.join(', ')}] is no order of ${x.dims.length} axes`);
  }
  const strides = stridesOf(x.dims);
  const dims = order.map((d) => x.dims[d]!);
  return [
    selected(
      x,
      dims,
      strided(
        dims,
        order.map((d) => strides[d]!),
        0,
      ),
    ),
  ];
};

export const expand: Operator = (context) => {
  const x = context.input(0);
  const dims = broadcastDims([x.dims, [...context.input(1).values]]);
  if (dims === null) throw context.problem('its input does not broadcast to the shape');
  return [selected(x, context.checked(dims), broadcastIndices(x.dims, dims))];
};

export const gather: Operator = (context) => {
  const [x, indices] = [context.input(0), context.input(1)];
  const axis = context.axis(context.integer('axis', 0), x.dims.length);
  const size = x.dims[axis] ?? 0;
  const places = Array.from(indices.values, (i) => (i < 0 ? i + size : i));
  const outside = places.find((i) => !(i >= 0 && i < size));
  if (outside !== undefined) throw context.problem(`index ${outside} lies outside the axis of ${size}`);
  const [outer, inner] = [sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis + 1))];
  const dims = context.checked([...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)]);
  const source = new Int32Array(sizeOf(dims));
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const place of places) for (let i = 0; i < inner; i++) source[at++] = (o * size + place) * inner + i;
  }
  return [selected(x, dims, source)];
};

export const slice: Operator = (context) => {
  const x = context.input(0);
  const starts = context.listed('starts', 1);
  const ends = context.listed('ends', 2);
  if (starts === null || ends === null) throw context.problem('needs starts and ends');
  const axes = (context.listed('axes', 3) ?? starts.map((_, d) => d)).map((axis) => context.axis(axis, x.dims.length));
  const steps = context.optional(4) === null ? starts.map(() => 1) : [...context.input(4).values];
  if (steps.some((step) => step < 1)) throw context.problem('steps must be positive');
  const strides = stridesOf(x.dims);
  const dims = [...x.dims];
  let first = 0;
  const moves = [...strides];
  for (const [k, axis] of axes.entries()) {
    const size = x.dims[axis]!;
    const bound = (n: number): number => Math.min(size, Math.max(0, n < 0 ? n + size : n));
    const [from, to] = [bound(starts[k]!), bound(ends[k]!)];
    dims[axis] = Math.max(0, Math.ceil((to - from) / steps[k]!));
    first += from * strides[axis]!;
    moves[axis] = strides[axis]! * steps[k]!;
  }
  return [selected(x, dims, strided(dims, moves, first))];
};

export const concat: Operator = (context) => {
  const parts = context.inputs();
  const [head] = parts;
  if (head === undefined) throw context.problem('needs inputs');
  const axis = context.axis(context.integer('axis', 0), head.dims.length);
  for (const part of parts) {
    const rest = (dims: readonly number[]): number[] => dims.filter((_, d) => d !== axis);
    context.sameDims(rest(part.dims), rest(head.dims), 'inputs');
    if (part.type !== head.type) throw context.problem('inputs must have one type');
  }
  const dims = context.checked(
    head.dims.map((n, d) => (d === axis ? parts.reduce((sum, p) => sum + p.dims[d]!, 0) : n)),
  );
  const outer = sizeOf(head.dims.slice(0, axis));
  const from: { readonly part: Value; readonly index: number }[] = [];
  for (let o = 0; o < outer; o++) {
    for (const part of parts) {
      const block = part.values.length / outer;
      for (let i = 0; i < block; i++) from.push({ part, index: o * block + i });
    }
  }
  return [
    {
      dims,
      type: head.type,
      values: Float64Array.from(from, ({ part, index }) => part.values[index]!),
      error: Math.max(...parts.map(({ error }) => error)),
      constant: parts.every((part) => part.constant),
      exactAt: (i) => from[i]!.part.exactAt(from[i]!.index),
    },
  ];
};

/** Pads with one constant before and behind every axis. */
export const pad: Operator = (context) => {
  const x = context.input(0);
  if (context.text('mode', 'constant') !== 'constant') throw context.problem('pads other than with a constant');
  const rank = x.dims.length;
  const pads = context.listed('pads', 1);
  if (pads?.length !== 2 * rank || pads.some((n) => n < 0)) {
    throw context.problem(`pads must be ${2 * rank} integers that are not negative`);
  }
  const value = context.opset < 11 ? context.float('value', 0) : context.optional(2) === null ? 0 : context.scalar(2);
  const dims = context.checked(x.dims.map((n, d) => n + pads[d]! + pads[d + rank]!));
  const strides = stridesOf(dims);
  const source = new Int32Array(sizeOf(dims)).fill(-1);
  const start = pads.slice(0, rank).reduce((sum, n, d) => sum + n * strides[d]!, 0);
  strided(x.dims, strides, start).forEach((to, i) => (source[to] = i));
  return [
    {
      ...x,
      dims,
      values: Float64Array.from(source, (i) => (i < 0 ? value : x.values[i]!)),
      exactAt: (i) => (source[i]! < 0 ? exactOf(value) : x.exactAt(source[i]!)),
    },
  ];
};
