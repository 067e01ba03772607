/** The addon of native/train, with what its functions take. */
import { addonManifest, loadAddon as loadNativeAddon } from '../../base/addon.js';
import { FlexorError } from '../../base/errors.js';

/** Of native/train/addon.cpp: raised with every change of a function below. */
const INTERFACE_VERSION = 8;

/** The kernels, as native/train/*.cpp describe them above each; the last arrays are written. */
export interface NativeAddon {
  readonly interfaceVersion: number;
  setThreads(threads: number): void;
  /** Operands of convolutions: 32 for float32, 16 for bfloat16. */
  setOperandBits(bits: number): void;
  conv2d(geometry: Int32Array, x: Float32Array, filter: Float32Array, y: Float32Array): void;
  conv2dInputGradient(geometry: Int32Array, dy: Float32Array, filter: Float32Array, dx: Float32Array): void;
  conv2dFilterGradient(geometry: Int32Array, x: Float32Array, dy: Float32Array, df: Float32Array): void;
  matMul(shape: Int32Array, a: Float32Array, b: Float32Array, y: Float32Array): void;
  maxPool(geometry: Int32Array, x: Float32Array, y: Float32Array): void;
  maxPoolGradient(geometry: Int32Array, dy: Float32Array, x: Float32Array, y: Float32Array, dx: Float32Array): void;
  averagePool(geometry: Int32Array, x: Float32Array, y: Float32Array): void;
  averagePoolGradient(geometry: Int32Array, dy: Float32Array, dx: Float32Array): void;
  subsample(geometry: Int32Array, x: Float32Array, y: Float32Array): void;
  subsampleGradient(geometry: Int32Array, dy: Float32Array, dx: Float32Array): void;
  scale(x: Float32Array, factor: Float32Array, y: Float32Array): void;
  scaleGradient(dy: Float32Array, x: Float32Array, factor: Float32Array, dx: Float32Array, dFactor: Float32Array): void;
  addBias(x: Float32Array, bias: Float32Array, y: Float32Array): void;
  sumRows(x: Float32Array, sums: Float32Array): void;
  batchNorm(
    x: Float32Array,
    gamma: Float32Array,
    beta: Float32Array,
    residual: Float32Array | null,
    epsilon: number,
    relu: number,
    y: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
  ): void;
  batchNormGradient(
    dy: Float32Array,
    x: Float32Array,
    y: Float32Array | null,
    gamma: Float32Array,
    beta: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    epsilon: number,
    relu: number,
    dx: Float32Array,
    dGamma: Float32Array,
    dBeta: Float32Array,
    dResidual: Float32Array | null,
  ): void;
  add(a: Float32Array, b: Float32Array, y: Float32Array): void;
  relu(x: Float32Array, y: Float32Array): void;
  reluGradient(dy: Float32Array, y: Float32Array, dx: Float32Array): void;
  quantiseLearned(x: Float32Array, step: Float32Array, low: number, high: number, y: Float32Array): void;
  quantiseLearnedGradient(
    dy: Float32Array,
    x: Float32Array,
    step: Float32Array,
    low: number,
    high: number,
    factor: number,
    dx: Float32Array,
    dStep: Float32Array,
  ): void;
  flexorForward(shape: Int32Array, firstRow: Int32Array, rows: Int32Array, x: Float32Array, codes: Float32Array): void;
  flexorBackward(
    shape: Int32Array,
    firstRow: Int32Array,
    rows: Int32Array,
    first: Int32Array,
    taps: Int32Array,
    sTanh: number,
    x: Float32Array,
    codes: Float32Array,
    gradient: Float32Array,
    out: Float32Array,
  ): void;
  decodeSlices(first: Int32Array, minus: Int32Array, plus: Int32Array, scores: Float32Array, codes: Float32Array): void;
  adam(
    parameters: Float32Array,
    gradient: Float32Array,
    m: Float32Array,
    v: Float32Array,
    beta1: number,
    beta2: number,
    scaledRate: number,
    scaledEpsilon: number,
  ): void;
}

/** The addon, or a FlexorError that says why there is none. */
export function loadAddon(manifestPath: string = addonManifest('train')): NativeAddon {
  // Read when OpenMP starts: threads that wait for work sleep, so that they take nothing from others.
  process.env['OMP_WAIT_POLICY'] ??= 'passive';
  try {
    return loadNativeAddon<NativeAddon>('train', INTERFACE_VERSION, manifestPath);
  } catch (error) {
    if (!(error instanceof FlexorError)) throw error;
    throw new FlexorError('tool', `engine 'native': ${error.message}`, { cause: error });
  }
}
