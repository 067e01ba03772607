/**
 * Tensors of a model file by name: collecting them to write, handing them out after checks to read. Floats are
 * little-endian whatever the machine is, and stand at any alignment.
 */
import { sha256 } from '../base/files.js';
import type { XorMatrix } from '../xor/types.js';
import type { Dtype, Tensor } from './container.js';
import { printable } from '../base/json.js';
import { fileProblem } from './problem.js';

/** Tensors by name, in the order in which they are added; equal M⊕ are stored once. */
export class TensorTable {
  readonly all = new Map<string, Tensor>();
  private readonly matrices = new Map<string, string>();

  floats(name: string, values: Float32Array, shape: readonly number[] = [values.length]): string {
    const view = new DataView(new ArrayBuffer(values.length * 4));
    values.forEach((value, i) => view.setFloat32(i * 4, value, true));
    this.all.set(name, { dtype: 'F32', shape, data: new Uint8Array(view.buffer) });
    return name;
  }

  bytes(name: string, data: Uint8Array): string {
    this.all.set(name, { dtype: 'U8', shape: [data.length], data });
    return name;
  }

  matrix({ nIn, nOut, bits }: XorMatrix): string {
    const key = `${nIn} ${nOut} ${sha256(bits)}`;
    const name = this.matrices.get(key) ?? `xor.${this.matrices.size}`;
    this.matrices.set(key, name);
    this.all.set(name, { dtype: 'U8', shape: [nOut, nIn], data: bits });
    return name;
  }
}

/** Hands out tensors by name after checking type and shape, and knows which were asked for. */
export class TensorReader {
  private readonly used = new Set<string>();
  private readonly matrices = new Map<string, XorMatrix>();

  constructor(
    private readonly tensors: ReadonlyMap<string, Tensor>,
    private readonly where: string,
  ) {}

  check(name: string, dtype: Dtype, shape: readonly number[]): void {
    const tensor = this.tensors.get(name);
    const field = `tensor '${printable(name)}'`;
    if (tensor === undefined)
      throw fileProblem(this.where, field, 'the document names it, but the file has none of this name');
    if (tensor.dtype !== dtype || tensor.shape.join() !== shape.join()) {
      const got = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
      throw fileProblem(this.where, field, `must be ${dtype} [${shape.join(', ')}], got ${got}`);
    }
    this.used.add(name);
  }

  /** Size of the first dimension; 0 for a tensor that is not there, which `check` then names. */
  length(name: string): number {
    return this.tensors.get(name)?.shape[0] ?? 0;
  }

  checkAllUsed(): void {
    for (const name of this.tensors.keys()) {
      if (!this.used.has(name))
        throw fileProblem(this.where, `tensor '${printable(name)}'`, 'the document does not name it');
    }
  }

  bytes(name: string): Uint8Array {
    // Not slice(): the bytes of a file are a Buffer, whose slice() shares memory.
    return new Uint8Array(this.tensors.get(name)!.data);
  }

  floats(name: string): Float32Array {
    const { data } = this.tensors.get(name)!;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return Float32Array.from({ length: data.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
  }

  /** One object per tensor, so that layers which share an M⊕ share the object. */
  matrix(name: string): XorMatrix {
    const known = this.matrices.get(name);
    if (known !== undefined) return known;
    const { shape, data } = this.tensors.get(name)!;
    const matrix = { nIn: shape[1]!, nOut: shape[0]!, bits: new Uint8Array(data) };
    this.matrices.set(name, matrix);
    return matrix;
  }
}
