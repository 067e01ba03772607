/**
 * Windows that slide over the spatial axes of a tensor, as convolution and pooling have them: attributes kernel_shape,
 * strides, pads, dilations, auto_pad and ceil_mode of the standard.
 */
import type { Context } from './context.js';
import { stridesOf } from './indices.js';

export interface SlidingWindow {
  readonly outDims: readonly number[];
  /** Elements of the kernel. */
  readonly taps: number;
  /** Pads before each axis, then after each. */
  readonly pads: readonly number[];
  /** Tap and pixel of every place of the window at an output place that lies in the input. */
  covered(place: number): readonly (readonly [tap: number, pixel: number])[];
  /** Places of the window that lie in the padded input (a window of ceil_mode can reach beyond that). */
  paddedSize(place: number): number;
}

export function slidingWindow(context: Context, spatial: readonly number[], kernel: readonly number[]): SlidingWindow {
  const rank = spatial.length;
  const list = (name: string, otherwise: number, size: number, least: number): readonly number[] => {
    const found = context.integers(name) ?? new Array<number>(size).fill(otherwise);
    if (found.length !== size || found.some((n) => n < least || n > 2 ** 20)) {
      throw context.problem(
        `attribute ${name} must be ${size} integers of at least ${least}, got [${found.join(', ')}]`,
      );
    }
    return found;
  };
  const stated = context.integers('kernel_shape');
  if (stated !== null) context.sameDims(stated, kernel, 'kernel_shape');
  if (kernel.some((n) => n < 1)) throw context.problem(`kernel must be at least 1, got [${kernel.join(', ')}]`);
  const strides = list('strides', 1, rank, 1);
  const dilations = list('dilations', 1, rank, 1);
  const spans = kernel.map((k, d) => (k - 1) * dilations[d]! + 1);
  const pads = padsOf(context, spatial, spans, strides, list('pads', 0, 2 * rank, 0));
  const ceil = context.integer('ceil_mode', 0) !== 0;
  const outDims = spatial.map((n, d) => outputSize(n, pads[d]!, pads[d + rank]!, spans[d]!, strides[d]!, ceil));
  if (outDims.some((n) => n < 1)) {
    throw context.problem(`its window [${spans.join(', ')}] does not fit the padded input [${spatial.join(', ')}]`);
  }
  const cache = new Map<number, (readonly [number, number])[]>();
  const starts = (place: number): number[] => coordinates(place, outDims).map((at, d) => at * strides[d]! - pads[d]!);
  return {
    outDims,
    taps: kernel.reduce((p, n) => p * n, 1),
    pads,
    covered(place) {
      const known = cache.get(place) ?? coveredTaps(starts(place), kernel, dilations, spatial);
      cache.set(place, known);
      return known;
    },
    paddedSize(place) {
      return starts(place).reduce((product, start, d) => {
        const end = spatial[d]! + pads[d + rank]!;
        const inside = Array.from({ length: kernel[d]! }, (_, k) => start + k * dilations[d]!).filter((at) => at < end);
        return product * inside.length;
      }, 1);
    },
  };
}

function outputSize(size: number, before: number, after: number, span: number, stride: number, ceil: boolean): number {
  const room = size + before + after - span;
  if (!ceil) return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  // A window that would start in the padding behind the input is left out.
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

function padsOf(
  context: Context,
  spatial: readonly number[],
  spans: readonly number[],
  strides: readonly number[],
  stated: readonly number[],
): readonly number[] {
  const mode = context.text('auto_pad', 'NOTSET');
  if (mode === 'NOTSET') return stated;
  if (mode === 'VALID') return stated.map(() => 0);
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER') throw context.problem(`unknown auto_pad ${mode}`);
  const totals = spatial.map((n, d) => Math.max(0, (Math.ceil(n / strides[d]!) - 1) * strides[d]! + spans[d]! - n));
  const small = totals.map((n) => Math.floor(n / 2));
  const large = totals.map((n) => Math.ceil(n / 2));
  return mode === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small];
}

function coordinates(index: number, dims: readonly number[]): number[] {
  const strides = stridesOf(dims);
  return dims.map((n, d) => Math.floor(index / strides[d]!) % n);
}

function coveredTaps(
  starts: readonly number[],
  kernel: readonly number[],
  dilations: readonly number[],
  spatial: readonly number[],
): (readonly [number, number])[] {
  const pixelStrides = stridesOf(spatial);
  const taps = kernel.reduce((p, n) => p * n, 1);
  const found: (readonly [number, number])[] = [];
  for (let tap = 0; tap < taps; tap++) {
    const at = coordinates(tap, kernel).map((k, d) => starts[d]! + k * dilations[d]!);
    if (at.some((n, d) => n < 0 || n >= spatial[d]!)) continue;
    found.push([tap, at.reduce((sum, n, d) => sum + n * pixelStrides[d]!, 0)]);
  }
  return found;
}
