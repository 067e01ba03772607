/**
 * Layers that no weights of the model are in: where a quantiser, an activation or a sum of two tensors stands behind a pool,
 * another sum or the image, a depthwise 1×1 convolution whose weights are all 1 takes the numbers to a requantiser.
 */
import { bitsFor } from '../base/bits.js';
import { FlexorError } from '../base/errors.js';
import { UNDILATED } from '../graph/window.js';
import type { ConvNode } from '../model/types.js';
import { identityMatrix } from '../xor/matrix.js';
import { plainPlane, plainWidth } from './lower-weights.js';
import type { Link } from './places.js';
import type { Encoding } from './quantise-stage.js';
import { formatRange, weightedInterval } from './shapes.js';
import type { IntConvNode, IntResidual, IntShape, IntTensor, Requantiser } from './types.js';
import { MAX_ACTIVATION_BITS } from './verify.js';
import { deriveWidths } from './widths.js';

function pointWindow(channels: number) {
  return {
    kernel: [1, 1],
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    dilation: UNDILATED,
    groups: channels,
  } as const;
}

/** A node of the model whose every channel is its own input times 1. */
export function identityLayer(name: string, input: string, channels: number): ConvNode {
  const matrix = identityMatrix(plainWidth(channels));
  const encrypted = new Uint8Array(Math.ceil(channels / 8)).fill(255);
  const alpha = new Float32Array(channels).fill(1);
  return {
    kind: 'conv',
    ...{ name, input, outChannels: channels, ...pointWindow(channels) },
    weights: { encoding: 'xor', planes: [{ matrix, encrypted, alpha, encryptedHistogram: null }] },
    ...{ bias: null, batchNorm: null, relu: false, range: { min: 0, max: 0 } },
  };
}

/** The same in the integer network. */
export function pointLayer(
  link: Link,
  outputTensor: IntTensor,
  residual: IntResidual | null,
  requantiser: Requantiser,
): IntConvNode {
  const { channels } = outputTensor.shape;
  const planes = [plainPlane(new Uint8Array(channels).fill(1), channels)];
  const arithmetic = { windowSize: 1, outChannels: channels, planes, residual, requantiser };
  const widths = deriveWidths({ name: link.name, inputFormat: link.inputTensor.format, ...arithmetic }, false);
  return { kind: 'conv', ...link, outputTensor, ...arithmetic, widths, ...pointWindow(channels) };
}

/** An input of a sum: where it is, and how many of the sum's units its own unit is. */
export interface Summand extends Link {
  readonly encoding: Encoding;
  readonly ratio: number;
}

/** The sum of two tensors of integers, as integers; `encoding` says how they stand for the model's. */
export function sumLayer(
  name: string,
  [a, b]: readonly [Summand, Summand],
  shape: IntShape,
): { node: IntConvNode; encoding: Encoding } {
  const counts = [a, b].map(({ ratio, encoding }) => ratio * encoding.factor) as [number, number];
  const unit = commonDivisor(...counts);
  const [m, residualMultiplier] = counts.map((count) => count / unit) as [number, number];
  const interval = weightedInterval(
    [a, b].map(({ inputTensor }) => formatRange(inputTensor.format)),
    [m, residualMultiplier],
  );
  const format = bitsFor(interval.low, interval.high);
  if (format.bits > MAX_ACTIVATION_BITS) {
    throw new FlexorError(
      'width',
      `layer ${name}: its sum needs ${format.bits} bits, the most are ${MAX_ACTIVATION_BITS}; use fewer bits in front of it`,
    );
  }
  const offset = a.ratio * a.encoding.offset + b.ratio * b.encoding.offset;
  const zero = offset === 0 ? {} : { zero: -offset / unit };
  const outputTensor = { shape, format, scale: a.inputTensor.scale / m, ...zero };
  const requantiser: Requantiser = {
    ...{ joined: false, quantised: 'exact', multipliers: [new Int32Array(shape.channels).fill(m)] },
    multiplierBits: Math.floor(Math.log2(m)) + 2,
    beta: new Float64Array(shape.channels),
    output: { shift: 0, ...interval },
  };
  const residual = { input: b.input, tensor: b.inputTensor, multiplier: residualMultiplier };
  const link = { name, input: a.input, inputTensor: a.inputTensor };
  return { node: pointLayer(link, outputTensor, residual, requantiser), encoding: { factor: unit, offset } };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
