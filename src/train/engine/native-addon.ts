/**
 * Finds and loads the addon of native/. `npm run setup` builds it (src/toolchain/native.ts) and leaves a manifest in
 * build/native.json: where the addon lies and the processor that it was compiled for, or why there is none.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { FlexorError, oneLine } from '../../base/errors.js';
import { exists } from '../../base/files.js';
import { readJson } from '../../base/json.js';
import { processorName } from '../../base/processor.js';

/** Of native/addon.cpp: raised with every change of a function below. */
const INTERFACE_VERSION = 5;
const MANIFEST = fileURLToPath(new URL('../../../build/native.json', import.meta.url));

/** The kernels, as native/*.cpp describe them above each; the last arrays are written. */
export interface NativeAddon {
  readonly interfaceVersion: number;
  setThreads(threads: number): void;
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

/** build/native.json, as src/toolchain/native.ts writes it. */
type Manifest =
  { readonly addon: string; readonly processor: string } | { readonly addon: null; readonly reason: string };

function unavailable(reason: string, cause?: unknown): FlexorError {
  return new FlexorError('tool', `engine 'native': ${reason}`, { cause });
}

/** The addon, or a FlexorError that says why there is none. */
export function loadAddon(manifestPath: string = MANIFEST): NativeAddon {
  const manifest = readManifest(manifestPath);
  if (manifest.addon === null) throw unavailable(manifest.reason);
  // Machine code for one processor may end the process on another.
  if (manifest.processor !== processorName()) {
    throw unavailable(`was built for another processor (${manifest.processor}); run npm run setup`);
  }
  // Read when OpenMP starts: threads that wait for work sleep, so that they take nothing from others.
  process.env['OMP_WAIT_POLICY'] ??= 'passive';
  let addon: NativeAddon;
  try {
    addon = createRequire(import.meta.url)(manifest.addon) as NativeAddon;
  } catch (error) {
    throw unavailable(`${oneLine(error)}; run npm run setup`, error);
  }
  if (addon.interfaceVersion !== INTERFACE_VERSION) {
    throw unavailable(`was built from other sources (${manifest.addon}); run npm run setup`);
  }
  return addon;
}

function readManifest(path: string): Manifest {
  if (!exists(path)) throw unavailable('is not built; run npm run setup');
  try {
    return readJson(path, 'tool') as Manifest;
  } catch (error) {
    throw unavailable(`${path} is damaged (${oneLine(error)}); run npm run setup`, error);
  }
}
