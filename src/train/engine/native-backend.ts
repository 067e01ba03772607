/**
 * A tfjs backend that is the one in JavaScript with memory of its own: large outputs come from a pool, because fresh pages
 * cost more than most operations. What a pooled array held is overwritten once its tensor is disposed of.
 */
import type { DataId, DataType, TensorInfo, TypedArray } from '@tensorflow/tfjs';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { invariant } from '../../base/errors.js';
import type { NativeAddon } from './native-addon.js';

/** Elements from which an array is pooled. */
const POOLED_SIZE = 1024;

type Values = Parameters<MathBackendCPU['write']>[0];

export class NativeBackend extends MathBackendCPU {
  /** Free arrays by their number of elements. */
  private readonly free = new Map<number, Float32Array[]>();
  private readonly pooled = new WeakSet<ArrayBufferLike>();

  constructor(readonly addon: NativeAddon) {
    super();
  }

  /** A float32 tensor whose values the caller writes next, all of them. */
  output(shape: readonly number[]): { readonly info: TensorInfo; readonly values: Float32Array } {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = this.allocate(size);
    const dataId = super.write(values, [...shape], 'float32');
    return { info: { dataId, shape: [...shape], dtype: 'float32' }, values };
  }

  /** The values of a float32 tensor, without a copy. */
  floats({ dataId }: TensorInfo): Float32Array {
    const { values } = this.data.get(dataId);
    invariant(values instanceof Float32Array, 'a native kernel got a tensor that is not float32');
    return values;
  }

  private allocate(size: number): Float32Array {
    if (size < POOLED_SIZE) return new Float32Array(size);
    const values = this.free.get(size)?.pop() ?? new Float32Array(size);
    this.pooled.add(values.buffer);
    return values;
  }

  /** Kernels in JavaScript may hand over a view of their input (slice): a pooled array must have one owner. */
  private owned(values: Values): Values {
    return ArrayBuffer.isView(values) && this.pooled.has(values.buffer) ? (values as TypedArray).slice() : values;
  }

  override write(values: Values, shape: number[], dtype: DataType): DataId {
    return super.write(this.owned(values), shape, dtype);
  }

  override move(dataId: DataId, values: Values, shape: number[], dtype: DataType, refCount: number): void {
    super.move(dataId, this.owned(values), shape, dtype, refCount);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const values = this.data.has(dataId) ? this.data.get(dataId).values : null;
    const gone = super.disposeData(dataId, force);
    if (gone && values instanceof Float32Array && this.pooled.has(values.buffer)) {
      const list = this.free.get(values.length);
      if (list === undefined) this.free.set(values.length, [values]);
      else list.push(values);
    }
    return gone;
  }
}
