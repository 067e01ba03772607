/**
 * tfjs kernels that the native engine does itself: convolution, matrix product, max pooling with their gradients, ReLU and
 * addition. What a kernel does not cover (dilation, batches of matrices, broadcasting) the one in JavaScript does.
 */
import * as tf from '@tensorflow/tfjs';
import type { KernelConfig, KernelFunc, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import type { NativeBackend } from './native-backend.js';

/** Null where the kernel in JavaScript has to do it. */
type NativeKernel = (backend: NativeBackend, inputs: NamedTensorInfoMap, attrs: NamedAttrMap) => TensorInfo | null;

type ConvInfo = tf.backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];
type Padding = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];

function convInfo(attrs: NamedAttrMap, x: readonly number[], filter: readonly number[]): ConvInfo | null {
  const dilations = (attrs['dilations'] as [number, number] | undefined) ?? [1, 1];
  if (attrs['dataFormat'] !== 'NHWC' || !tf.backend_util.tupleValuesAreOne(dilations)) return null;
  const strides = attrs['strides'] as [number, number];
  const { pad, dimRoundingMode } = attrs as { pad: Padding; dimRoundingMode?: 'floor' };
  return tf.backend_util.computeConv2DInfo(x as Shape4D, filter as Shape4D, strides, 1, pad, dimRoundingMode);
}

/** What native/train/convolution.cpp calls the geometry, without dilation and groups. */
function convGeometry(i: ConvInfo): Int32Array {
  const { top, left, bottom, right } = i.padInfo;
  const image = [i.batchSize, i.inHeight, i.inWidth, i.inChannels];
  const filter = [i.filterHeight, i.filterWidth, i.outChannels, i.strideHeight, i.strideWidth];
  return Int32Array.of(...image, ...filter, top, left, bottom, right, 1, 1, 1);
}

const conv2d: NativeKernel = (backend, { x, filter }, attrs) => {
  const info = convInfo(attrs, x!.shape, filter!.shape);
  if (info === null) return null;
  const y = backend.output(info.outShape);
  backend.addon.conv2d(convGeometry(info), backend.floats(x!), backend.floats(filter!), y.values);
  return y.info;
};

const conv2dBackpropInput: NativeKernel = (backend, { dy, filter }, attrs) => {
  const info = convInfo(attrs, attrs['inputShape'] as number[], filter!.shape);
  if (info === null) return null;
  const dx = backend.output(info.inShape);
  backend.addon.conv2dInputGradient(convGeometry(info), backend.floats(dy!), backend.floats(filter!), dx.values);
  return dx.info;
};

const conv2dBackpropFilter: NativeKernel = (backend, { x, dy }, attrs) => {
  const info = convInfo(attrs, x!.shape, attrs['filterShape'] as number[]);
  if (info === null) return null;
  const df = backend.output(info.filterShape);
  backend.addon.conv2dFilterGradient(convGeometry(info), backend.floats(x!), backend.floats(dy!), df.values);
  return df.info;
};

const batchMatMul: NativeKernel = (backend, { a, b }, attrs) => {
  const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
  const [rowsA, columnsA] = a!.shape.slice(-2) as [number, number];
  const columns = b!.shape.at(transposeB ? -2 : -1)!;
  const [rows, inner] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const isOneMatrix = (t: TensorInfo): boolean => t.shape.slice(0, -2).every((n) => n === 1);
  if (!isOneMatrix(a!) || !isOneMatrix(b!) || a!.shape.length !== b!.shape.length) return null;
  const y = backend.output([...a!.shape.slice(0, -2), rows, columns]);
  const shape = Int32Array.of(rows, inner, columns, Number(transposeA), Number(transposeB));
  backend.addon.matMul(shape, backend.floats(a!), backend.floats(b!), y.values);
  return y.info;
};

function poolInfo(attrs: NamedAttrMap, x: readonly number[]): ConvInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
    filterSize: [number, number];
    strides: [number, number];
    pad: Padding;
    dimRoundingMode?: 'floor';
  };
  return tf.backend_util.computePool2DInfo(x as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
}

/** What native/train/pool.cpp calls the geometry. */
function poolGeometry(i: ConvInfo): Int32Array {
  const image = [i.batchSize, i.inHeight, i.inWidth, i.inChannels];
  const window = [i.filterHeight, i.filterWidth, i.strideHeight, i.strideWidth, i.padInfo.top, i.padInfo.left];
  return Int32Array.of(...image, ...window, i.outHeight, i.outWidth);
}

const maxPool: NativeKernel = (backend, { x }, attrs) => {
  const info = poolInfo(attrs, x!.shape);
  const y = backend.output(info.outShape);
  backend.addon.maxPool(poolGeometry(info), backend.floats(x!), y.values);
  return y.info;
};

const maxPoolGrad: NativeKernel = (backend, { dy, input, output }, attrs) => {
  const dx = backend.output(input!.shape);
  const [gradient, x, y] = [backend.floats(dy!), backend.floats(input!), backend.floats(output!)];
  backend.addon.maxPoolGradient(poolGeometry(poolInfo(attrs, input!.shape)), gradient, x, y, dx.values);
  return dx.info;
};

const relu: NativeKernel = (backend, { x }) => {
  if (x!.dtype !== 'float32') return null;
  const y = backend.output(x!.shape);
  backend.addon.relu(backend.floats(x!), y.values);
  return y.info;
};

const add: NativeKernel = (backend, { a, b }) => {
  const alike = tf.util.arraysEqual(a!.shape, b!.shape) && a!.dtype === 'float32' && b!.dtype === 'float32';
  if (!alike) return null;
  const y = backend.output(a!.shape);
  backend.addon.add(backend.floats(a!), backend.floats(b!), y.values);
  return y.info;
};

const KERNELS: Readonly<Record<string, NativeKernel>> = {
  [tf.Conv2D]: conv2d,
  [tf.Conv2DBackpropInput]: conv2dBackpropInput,
  [tf.Conv2DBackpropFilter]: conv2dBackpropFilter,
  [tf.BatchMatMul]: batchMatMul,
  [tf.MaxPool]: maxPool,
  [tf.MaxPoolGrad]: maxPoolGrad,
  [tf.Relu]: relu,
  [tf.Add]: add,
};

function withFallback(kernel: NativeKernel, plain: KernelFunc): KernelFunc {
  return (call) => kernel(call.backend as NativeBackend, call.inputs, call.attrs ?? {}) ?? plain(call);
}

/** Gives the backend `name` every kernel of the cpu backend, the ones above replaced. */
export function registerNativeKernels(name: string): void {
  for (const config of tf.getKernelsForBackend('cpu')) {
    const native = KERNELS[config.kernelName];
    const kernelFunc = native === undefined ? config.kernelFunc : withFallback(native, config.kernelFunc);
    const registered: KernelConfig = { ...config, backendName: name, kernelFunc };
    tf.registerKernel(registered);
  }
}
