/** Parameters of the window units, and what they must deliver. */
import { divisors } from '../../../src/base/bits.js';
import type { Parameters } from './header.js';

export interface WindowCase {
  readonly bits: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  /** Rows of the ring; default: enough within a frame (the generator may take more between frames). */
  readonly rows?: number;
}

export function outputSize(window: WindowCase): readonly [height: number, width: number] {
  const { height, width, kernel, stride, padding } = window;
  const size = (length: number, axis: 0 | 1) =>
    Math.floor((length + padding[axis]! + padding[axis + 2]! - kernel[axis]) / stride[axis]) + 1;
  return [size(height, 0), size(width, 1)];
}

export function ringRows({ rows, kernel, stride, height }: WindowCase): number {
  return rows ?? Math.min(kernel[0] + stride[0], 2 * height);
}

/** V: elements of a window. */
export function windowElements({ kernel, channels }: WindowCase): number {
  return kernel[0] * kernel[1] * channels;
}

/** Parameters that both window units and the sequencer share. */
export function geometry(window: WindowCase): Record<string, number> {
  const [outHeight, outWidth] = outputSize(window);
  return {
    Height: window.height,
    Width: window.width,
    Channels: window.channels,
    KernelH: window.kernel[0],
    KernelW: window.kernel[1],
    StrideH: window.stride[0],
    StrideW: window.stride[1],
    PadTop: window.padding[0],
    PadLeft: window.padding[1],
    OutHeight: outHeight,
    OutWidth: outWidth,
    Rows: ringRows(window),
  };
}

/** `inWidth`: elements of a beat. */
export function serialParameters(window: WindowCase, simd: number, inWidth: number, padValue = 0): Parameters {
  const steps = Math.ceil(windowElements(window) / simd);
  const pad = `${window.bits}'d${padValue}`;
  return { Bits: window.bits, InWidth: inWidth, ...geometry(window), Simd: simd, Steps: steps, PadValue: pad };
}

/** Lanes are kernel rows (`blocks` 0), or `blocks` channel blocks of each kernel tap. */
export function bankedParameters(window: WindowCase, blocks: number, inWidth: number): Parameters {
  const [kernelH, kernelW] = window.kernel;
  const simd = blocks === 0 ? kernelH : kernelH * kernelW * blocks;
  return {
    Bits: window.bits,
    InWidth: inWidth,
    ...geometry(window),
    TapLanes: blocks === 0 ? 0 : 1,
    Blocks: Math.max(1, blocks),
    Simd: simd,
    Steps: windowElements(window) / simd,
  };
}

/** Parameters of the sequencer as the window units set them. */
export function sequencerParameters(window: WindowCase): Parameters {
  const rows = ringRows(window);
  const bits = (n: number) => Math.ceil(Math.log2(n));
  return {
    ...geometry(window),
    SlotBits: Math.max(1, bits(rows)),
    RowBits: bits(window.height + rows + window.kernel[0] + window.stride[0]) + 2,
    ColBits: bits(window.width + window.kernel[1] + window.stride[1]) + 2,
  };
}

/**
 * The vectors of one frame: for each window its steps, for each step one element a lane. `frame` is NHWC; elements
 * outside the image read as `padValue`, lanes past the end of the window too.
 */
export function windowVectors(
  window: WindowCase,
  simd: number,
  frame: readonly number[],
  padValue: number,
): number[][] {
  const { height, width, channels, kernel, stride, padding } = window;
  const size = windowElements(window);
  const steps = Math.ceil(size / simd);
  const [outHeight, outWidth] = outputSize(window);
  const element = (oy: number, ox: number, v: number): number => {
    if (v >= size) return padValue;
    const channel = v % channels;
    const x = ox * stride[1] - padding[1] + (Math.floor(v / channels) % kernel[1]);
    const y = oy * stride[0] - padding[0] + Math.floor(v / (channels * kernel[1]));
    if (y < 0 || y >= height || x < 0 || x >= width) return padValue;
    return frame[(y * width + x) * channels + channel]!;
  };
  const vectors: number[][] = [];
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      for (let t = 0; t < steps; t++) {
        vectors.push(Array.from({ length: simd }, (_, lane) => element(oy, ox, lane * steps + t)));
      }
    }
  }
  return vectors;
}

/** Windows that differ in every way that matters: kernels 1 to 7, strides 1 to 3, paddings, images below the kernel. */
export const WINDOWS: readonly WindowCase[] = [
  window(1, [1, 1, 1], [1, 1], [1, 1], [0, 0, 0, 0]),
  window(8, [1, 1, 5], [3, 3], [1, 1], [1, 1, 1, 1]),
  window(8, [4, 4, 1], [3, 3], [1, 1], [1, 1, 1, 1]),
  window(4, [5, 7, 3], [3, 3], [2, 2], [0, 0, 1, 1]),
  window(4, [7, 5, 2], [5, 5], [1, 1], [2, 2, 2, 2]),
  window(3, [6, 6, 4], [2, 2], [2, 2], [0, 0, 0, 0]),
  window(5, [9, 8, 1], [7, 7], [2, 1], [3, 3, 3, 3]),
  window(5, [3, 3, 2], [7, 7], [1, 1], [3, 3, 3, 3]),
  window(4, [2, 3, 6], [5, 3], [1, 1], [4, 0, 4, 1]),
  window(6, [8, 9, 2], [1, 3], [1, 3], [0, 2, 0, 0]),
  window(6, [9, 4, 3], [3, 1], [3, 2], [1, 0, 2, 0]),
  window(2, [10, 10, 1], [2, 4], [3, 3], [1, 0, 0, 3]),
  window(7, [6, 5, 4], [4, 6], [2, 3], [2, 5, 1, 2]),
  window(4, [7, 7, 2], [1, 1], [3, 3], [0, 0, 0, 0]),
  window(4, [8, 8, 2], [2, 2], [3, 3], [0, 0, 0, 0]),
  // Tall kernels on few elements a row: the last lane reaches several kernel rows past the window.
  window(8, [14, 2, 1], [7, 1], [1, 1], [0, 0, 0, 0]),
  window(5, [12, 1, 1], [10, 1], [1, 1], [2, 0, 0, 0]),
  window(6, [13, 2, 2], [11, 1], [2, 1], [0, 0, 3, 0]),
  // Channels that beats of up to 16 divide, with blocks below, at and above them.
  window(3, [5, 4, 8], [2, 2], [1, 1], [1, 0, 0, 1]),
  window(2, [3, 5, 12], [3, 1], [2, 1], [1, 0, 1, 0]),
  window(1, [3, 3, 16], [1, 2], [1, 2], [0, 1, 0, 0]),
  { ...window(4, [6, 6, 2], [3, 3], [1, 1], [1, 1, 1, 1]), rows: 3 },
  { ...window(4, [6, 6, 2], [3, 2], [2, 1], [1, 0, 1, 1]), rows: 7 },
  { ...window(9, [3, 4, 1], [3, 3], [3, 1], [0, 1, 0, 1]), rows: 3 },
];

function window(
  bits: number,
  [height, width, channels]: [number, number, number],
  kernel: [number, number],
  stride: [number, number],
  padding: [number, number, number, number],
): WindowCase {
  return { bits, height, width, channels, kernel, stride, padding };
}

/** Folds of the serial unit to try: lanes that divide the window and lanes that do not. */
export function serialLanes(window: WindowCase): number[] {
  const size = windowElements(window);
  const sensible = (simd: number) => Math.ceil(size / Math.ceil(size / simd)) === simd;
  return [1, 2, 3, 5, 7, size].filter((simd, i, all) => simd <= size && sensible(simd) && all.indexOf(simd) === i);
}

/** Folds of the banked unit: kernel rows, taps, and all channel blocks that divide the channels. */
export function bankedBlocks({ channels }: WindowCase): number[] {
  return [0, ...divisors(channels)];
}

/** Beats that the serial unit can take: powers of two that divide the channels. */
export function serialWidths({ channels }: WindowCase): number[] {
  return divisors(channels).filter((width) => Number.isInteger(Math.log2(width)));
}

/** Beats that the banked unit can take: of those, what divides a block of channels or is a multiple of it. */
export function bankedWidths(window: WindowCase, blocks: number): number[] {
  const block = window.channels / Math.max(1, blocks);
  return serialWidths(window).filter((width) => block % width === 0 || width % block === 0);
}
