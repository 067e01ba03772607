/**
 * A weighted layer as kernels on bytes take it (native/simulate/weighted.h is the other side).
 *
 * acc_c = Σ_v b_{v,c}·a_v becomes Σ_v w·(unsigned byte) + start_c: a "digit" w is the code ±1 of a plane, or, where planes are
 * joined, Σ_i 2^i·b_i of up to `planesPerDigit` of them; start_c takes back what the zero point adds. Two-byte activations
 * give two such sums, the second one counting 256 times. A row is one digit of one channel. Sums are exact in 32 bits or the layer
 * is refused (planes that are bits of integers are not taken: their 0 counts nothing); z = β + m_r·r + Σ factor·sum is then the same sum of the same integers as in reference.ts.
 */
import type { IntConvNode, IntDenseNode } from '../../fixed/types.js';
import type { ByteTensor } from './tensor.js';

/** Channels side by side in a kernel. */
export const LANES = 16;

export interface WeightedLayer {
  readonly input: ByteTensor;
  readonly residual: { readonly tensor: ByteTensor; readonly multiplier: number } | null;
  /** Tensor, or images × channels logits. */
  readonly output: ByteTensor | Float64Array;
  readonly height: number;
  readonly width: number;
  /** Byte of the input at which the first output pixel's window begins, and what the next row and pixel add. */
  readonly origin: number;
  readonly stepY: number;
  readonly stepX: number;
  /** The window: runs of bytes, and how far one begins behind the other. */
  readonly segments: number;
  readonly segmentBytes: number;
  readonly segmentPitch: number;
  readonly channels: number;
  readonly digits: number;
  readonly largestDigit: number;
  /** [digit·channels + c][segment·segmentBytes + byte]. */
  readonly weights: Int8Array;
  /** [input byte][digit·channels + c]. */
  readonly starts: Int32Array;
  /** [input byte][digit·channels + c]. */
  readonly factors: Float64Array;
  readonly beta: Float64Array;
  readonly shift: number;
  readonly low: number;
  readonly high: number;
}

/** Places of a layer's streams. */
export interface WeightedStreams {
  readonly input: ByteTensor;
  readonly residual: ByteTensor | null;
  readonly output: ByteTensor | Float64Array;
}

type WeightedNode = IntConvNode | IntDenseNode;

const SUM_LIMIT = 2 ** 31;

/** Joined planes that a digit may hold, so that every sum stays within 32 signed bits; 0 where even one plane's may leave them. */
export function planesThatFit(windowSize: number, largestByte: number, planesPerDigit: number): number {
  const fitting = Math.floor(Math.log2(SUM_LIMIT / (windowSize * largestByte)));
  return Math.max(0, Math.min(planesPerDigit, fitting));
}

/** The layer, or null where its sums may leave 32 bits or a stream has three bytes: kernels take one and two. */
export function planWeighted(
  node: WeightedNode,
  streams: WeightedStreams,
  planesPerDigit: number,
): WeightedLayer | null {
  const { input } = streams;
  const most = planesThatFit(node.windowSize, input.largestByte, planesPerDigit);
  if (most === 0 || input.place.bytes === 3 || streams.residual?.place.bytes === 3) return null;
  const digits = digitsOf(node, most);
  const { output } = node.requantiser;
  return {
    ...streams,
    residual: node.residual && { tensor: streams.residual!, multiplier: node.residual.multiplier },
    ...windowOf(node, input),
    channels: node.outChannels,
    digits: digits.length,
    largestDigit: Math.max(...digits.map(({ planes }) => 2 ** planes.length - 1)),
    weights: weightsOf(node, digits),
    starts: startsOf(node, digits, input),
    factors: factorsOf(digits, input),
    beta: node.requantiser.beta,
    shift: output?.shift ?? 0,
    low: output?.low ?? 0,
    high: output?.high ?? 0,
  };
}

/** Planes that share a multiplier, the i-th counting 2^i times, and what the first one counts in z of every channel. */
interface Digit {
  readonly planes: readonly Uint8Array[];
  readonly factors: Float64Array;
}

/** What a bit of plane i of a digit counts: its code ±1, 2^i times. */
function weightOf(i: number, bit: number): number {
  return bit === 0 ? -(1 << i) : 1 << i;
}

function digitsOf({ planes, requantiser }: WeightedNode, planesPerDigit: number): readonly Digit[] {
  const { joined, multipliers } = requantiser;
  const codes = planes.map((plane) => plane.codes);
  if (!joined) return codes.map((plane, i) => ({ planes: [plane], factors: Float64Array.from(multipliers[i]!) }));
  const digits: Digit[] = [];
  for (let i = 0; i < codes.length; i += planesPerDigit) {
    const factors = Float64Array.from(multipliers[0]!, (m) => m * 2 ** i);
    digits.push({ planes: codes.slice(i, i + planesPerDigit), factors });
  }
  return digits;
}

/** A dense layer's window is its whole input; runs of bytes without a border between them are one. */
function windowOf(node: WeightedNode, { shape, place }: ByteTensor) {
  const isConv = node.kind === 'conv';
  const [kernelHeight, kernelWidth] = isConv ? node.kernel : [shape.height, shape.width];
  const [strideY, strideX] = isConv ? node.stride : [1, 1];
  const [top, left] = isConv ? node.padding : [0, 0];
  const run = kernelWidth * shape.channels;
  const whole = run === place.rowPitch;
  return {
    height: node.outputTensor.shape.height,
    width: node.outputTensor.shape.width,
    origin: place.origin - top * place.rowPitch - left * shape.channels,
    stepY: strideY * place.rowPitch,
    stepX: strideX * shape.channels,
    segments: whole ? 1 : kernelHeight,
    segmentBytes: whole ? kernelHeight * run : run,
    segmentPitch: place.rowPitch,
  };
}

function weightsOf({ windowSize, outChannels }: WeightedNode, digits: readonly Digit[]): Int8Array {
  const weights = new Int8Array(digits.length * outChannels * windowSize);
  for (const [d, digit] of digits.entries()) {
    for (const [i, codes] of digit.planes.entries()) {
      for (let v = 0, f = 0; v < windowSize; v++) {
        for (let c = 0; c < outChannels; c++, f++) {
          weights[(d * outChannels + c) * windowSize + v]! += weightOf(i, codes[f]!);
        }
      }
    }
  }
  return weights;
}

function startsOf({ windowSize, outChannels }: WeightedNode, digits: readonly Digit[], input: ByteTensor): Int32Array {
  const { bytes, zero } = input.place;
  const rows = digits.length * outChannels;
  const starts = new Int32Array(bytes * rows);
  if (zero === 0) return starts;
  for (const [d, digit] of digits.entries()) {
    for (const [i, codes] of digit.planes.entries()) {
      for (let f = 0; f < windowSize * outChannels; f++) {
        // The zero point of two bytes is a multiple of 256.
        const row = (bytes - 1) * rows + d * outChannels + (f % outChannels);
        starts[row]! -= (zero >> (8 * (bytes - 1))) * weightOf(i, codes[f]!);
      }
    }
  }
  return starts;
}

function factorsOf(digits: readonly Digit[], { place }: ByteTensor): Float64Array {
  const once = digits.flatMap(({ factors }) => Array.from(factors));
  return Float64Array.from(place.bytes === 1 ? once : [...once, ...once.map((factor) => 256 * factor)]);
}
