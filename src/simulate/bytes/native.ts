/** Kernels of the native addon (native/simulate): AVX2 or AVX-512, whatever the processor has. */
import { loadAddon } from '../../base/addon.js';
import { FlexorError, invariant } from '../../base/errors.js';
import type { IntMaxPoolNode } from '../../fixed/types.js';
import type { Kernels, LayerFunction } from './kernels.js';
import type { ByteTensor, Place } from './tensor.js';
import { LANES, type WeightedLayer } from './weighted.js';

/** Of native/simulate/addon.cpp: raised with every change of a function below. */
const INTERFACE_VERSION = 1;

/** The functions as native/simulate describes them. */
interface Addon {
  readonly interfaceVersion: number;
  /** What the processor can run: 0 nothing, 1 AVX2, 2 AVX-512 with VNNI. */
  readonly level: number;
  weighted(
    level: number,
    fields: Int32Array,
    input: Uint8Array,
    residual: Uint8Array | null,
    weights: Int8Array,
    starts: Int32Array,
    factors: Float64Array,
    beta: Float64Array,
    residualMultiplier: number,
    output: Uint8Array | Float64Array,
  ): void;
  maxPool(fields: Int32Array, input: Uint8Array, output: Uint8Array): void;
}

/** Joined planes in a signed byte: 255·15 for two elements fits 16 bits four times. */
const PLANES_PER_DIGIT = 4;

/** Kernels up to a level (1: AVX2, 2: AVX-512); a FlexorError of code 'tool' where there are none. */
export function nativeKernels(most = 2): Kernels {
  const addon = loadAddon<Addon>('simulate', INTERFACE_VERSION);
  const level = Math.min(most, addon.level);
  if (level < 1) throw new FlexorError('tool', 'the processor has no AVX2');
  return {
    name: 'native',
    planesPerDigit: PLANES_PER_DIGIT,
    allocate: (bytes) => new Uint8Array(bytes),
    weighted: (layer) => weighted(addon, level, layer),
    maxPool: (node, input, output) => maxPool(addon, node, input, output),
  };
}

function fieldsOf({ imagePitch, planePitch, rowPitch, pixelPitch, origin, bytes, zero }: Place): number[] {
  return [imagePitch, planePitch, rowPitch, pixelPitch, origin, bytes, zero];
}

const NOWHERE: Place = { imagePitch: 0, planePitch: 0, rowPitch: 0, pixelPitch: 0, origin: 0, bytes: 1, zero: 0 };

function weighted(addon: Addon, level: number, layer: WeightedLayer): LayerFunction {
  const { input, output, residual, channels, digits } = layer;
  const tensor = output instanceof Float64Array ? null : output;
  const fields = Int32Array.from([
    ...fieldsOf({ ...input.place, origin: layer.origin }),
    ...fieldsOf(tensor?.place ?? NOWHERE),
    ...fieldsOf(residual?.tensor.place ?? NOWHERE),
    ...[0, layer.height, layer.width, layer.stepY, layer.stepX],
    ...[layer.segments, Math.ceil(layer.segmentBytes / 4), layer.segmentPitch, channels, digits],
    Math.floor((2 ** 15 - 1) / (2 * input.largestByte * layer.largestDigit)),
    ...[layer.shift, layer.low, layer.high, tensor === null ? 1 : 0],
  ]);
  const weights = packWeights(layer);
  const rows = digits * channels;
  const starts = padRows(layer.starts, rows, LANES, (length) => new Int32Array(length));
  const factors = padRows(layer.factors, channels, 8, (length) => new Float64Array(length));
  const beta = padRows(layer.beta, channels, 8, (length) => new Float64Array(length));
  return (images) => {
    fields[IMAGES] = images;
    const logits = output instanceof Float64Array ? output.subarray(0, images * channels) : null;
    addon.weighted(
      level,
      fields,
      input.data,
      residual?.tensor.data ?? null,
      weights,
      starts,
      factors,
      beta,
      residual?.multiplier ?? 0,
      logits ?? tensor!.data,
    );
  };
}

/** Index of the number of images, behind three places. */
const IMAGES = 21;

/** [vector][segment][quad][16 rows][4 elements], zeros where rows or elements end. */
function packWeights(layer: WeightedLayer): Int8Array {
  const { segments, segmentBytes, weights } = layer;
  const rows = layer.digits * layer.channels;
  const quads = Math.ceil(segmentBytes / 4);
  const vectors = Math.ceil(rows / LANES);
  const packed = new Int8Array(vectors * segments * quads * LANES * 4);
  for (let row = 0, from = 0; row < rows; row++) {
    const vector = Math.floor(row / LANES) * segments;
    for (let segment = 0; segment < segments; segment++) {
      const first = (vector + segment) * quads * LANES * 4 + (row % LANES) * 4;
      for (let b = 0; b < segmentBytes; b++, from++) packed[first + (b >> 2) * LANES * 4 + (b & 3)] = weights[from]!;
    }
  }
  return packed;
}

/** Rows of `length` elements, filled up with zeros to a multiple of `step`. */
function padRows<Values extends Int32Array | Float64Array>(
  values: Values,
  length: number,
  step: number,
  create: (length: number) => Values,
): Values {
  const pitch = Math.ceil(length / step) * step;
  const padded = create((values.length / length) * pitch);
  for (let row = 0; row * length < values.length; row++) {
    padded.set(values.subarray(row * length, (row + 1) * length), row * pitch);
  }
  return padded;
}

function maxPool(addon: Addon, node: IntMaxPoolNode, input: ByteTensor, output: ByteTensor): LayerFunction {
  invariant(input.place.bytes === 1, 'the native max pool takes one byte an element');
  const { height, width, channels } = output.shape;
  const fields = Int32Array.from([
    ...fieldsOf(input.place),
    ...fieldsOf(output.place),
    ...[0, input.shape.height, input.shape.width, height, width, channels],
    ...[...node.kernel, ...node.stride, node.padding[0], node.padding[1]],
  ]);
  return (images) => {
    fields[POOL_IMAGES] = images;
    addon.maxPool(fields, input.data, output.data);
  };
}

/** Index of the number of images, behind two places. */
const POOL_IMAGES = 14;
