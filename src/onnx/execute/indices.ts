/** Index arithmetic of row-major tensors: strides, broadcasting, permutation. Pure functions of dims. */
import { sizeOf } from './value.js';

export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let d = dims.length - 2; d >= 0; d--) strides[d] = strides[d + 1]! * dims[d + 1]!;
  return strides;
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/** Dims that several tensors broadcast to, null where they do not. */
export function broadcastDims(all: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(...all.map((dims) => dims.length));
  const result: number[] = [];
  for (let d = 0; d < rank; d++) {
    const sizes = all.map((dims) => dims[d - rank + dims.length] ?? 1).filter((n) => n !== 1);
    if (sizes.some((n) => n !== sizes[0])) return null;
    result.push(sizes[0] ?? 1);
  }
  return result;
}

/** For each element of a tensor of `target` dims the element of one of `dims` that is broadcast to it. */
export function broadcastIndices(dims: readonly number[], target: readonly number[]): Int32Array {
  const strides = stridesOf(dims);
  const offset = target.length - dims.length;
  const steps = target.map((_, d) => (d < offset || dims[d - offset] === 1 ? 0 : strides[d - offset]!));
  return strided(target, steps, 0);
}

/** For each element of a tensor of `dims` in order: start + Σ coordinate·step. */
export function strided(dims: readonly number[], steps: readonly number[], start: number): Int32Array {
  const result = new Int32Array(sizeOf(dims));
  const at = new Array<number>(dims.length).fill(0);
  let index = start;
  for (let i = 0; i < result.length; i++) {
    result[i] = index;
    for (let d = dims.length - 1; d >= 0; d--) {
      index += steps[d]!;
      if (++at[d]! < dims[d]!) break;
      index -= steps[d]! * dims[d]!;
      at[d] = 0;
    }
  }
  return result;
}
