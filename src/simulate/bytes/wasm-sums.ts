/**
 * WebAssembly: sums over the windows of pixels in a row, for sixteen channels of weights ±1.
 *
 * A weight is a mask, 255 where it is −1: byte xor mask is then a or 255 − a, whose sum is Σ b·a + 255·(weights of −1), and the
 * caller takes the second term back. Four elements of a window that lie side by side meet the masks of four channels in a
 * vector; sums of pairs stay in 16 bits for FLUSH_STEPS steps and are then added into 32-bit sums in memory. Pixels are
 * taken two at a time, so that every mask that is loaded serves twice.
 */
import * as wasm from './assembler.js';
import { constant, Local, type Code } from './assembler.js';

/** Addresses and pitches in bytes; `quads` groups of four elements in each of `segments` runs. */
export type SumRows = (
  input: number,
  pixelPitch: number,
  pixels: number,
  segments: number,
  quads: number,
  segmentPitch: number,
  masks: number,
  sums: number,
  sumPitch: number,
) => void;

/** 2·255 a step in each unsigned 16-bit sum. */
const FLUSH_STEPS = 128;
const PIXELS = 2;
/** Vectors of four channels. */
const PARTS = 4;
const VECTOR = 16;

const [input, pixelPitch, pixels, segments, quads, segmentPitch, masks, sums, sumPitch] = locals(0, 9);
const [mask, segment, quad, step, left, first, second] = locals(9, 7);
const vectors = locals(16, PIXELS * PARTS + PARTS + PIXELS);
const part = (pixel: number, i: number): Local => vectors[pixel * PARTS + i]!;
const maskVectors = vectors.slice(PIXELS * PARTS, PIXELS * PARTS + PARTS);
const windowVectors = vectors.slice(-PIXELS);
const windows = [first!, second!];

function locals(from: number, count: number): Local[] {
  return Array.from({ length: count }, (_, i) => new Local(from + i));
}

const parts = Array.from({ length: PIXELS * PARTS }, (_, i) => ({ pixel: Math.floor(i / PARTS), i: i % PARTS }));

function address(pixel: number): Code {
  return pixel === 0 ? sums!.get : wasm.add(sums!.get, sumPitch!.get);
}

/** Adds the 16-bit sums to those in memory and begins anew. */
const flush: Code = parts.flatMap(({ pixel, i }) => {
  const sum = part(pixel, i);
  const total = wasm.add32(wasm.load(address(pixel), i * VECTOR), wasm.pairSums16(sum.get));
  return [...wasm.store(address(pixel), i * VECTOR, total), ...sum.set(wasm.zeroVector)];
});

/** One step: four elements of each window, for all sixteen channels. */
const takeQuad: Code = [
  ...maskVectors.flatMap((vector, i) => vector.set(wasm.load(mask!.get, i * VECTOR))),
  ...windowVectors.flatMap((vector, pixel) => vector.set(wasm.loadSplat(windows[pixel]!.get, 0))),
  ...parts.flatMap(({ pixel, i }) => {
    const sum = part(pixel, i);
    const signed = wasm.xor(windowVectors[pixel]!.get, maskVectors[i]!.get);
    return sum.set(wasm.add16(sum.get, wasm.pairSums8(signed)));
  }),
  ...windows.flatMap((window) => window.increase(constant(4))),
  ...mask!.increase(constant(PARTS * VECTOR)),
  ...step!.increase(constant(-1)),
];

/** Steps up to the end of the segment or to the next flush. */
const takeSome: Code = [
  ...step!.set(wasm.select(quad!.get, left!.get, wasm.lessUnsigned(quad!.get, left!.get))),
  ...quad!.set(wasm.subtract(quad!.get, step!.get)),
  ...left!.set(wasm.subtract(left!.get, step!.get)),
  ...wasm.repeatWhile(takeQuad, step!.get),
  ...wasm.when(wasm.isZero(left!.get), [...flush, ...left!.set(constant(FLUSH_STEPS))]),
];

const takeSegment: Code = [
  ...quad!.set(quads!.get),
  ...wasm.repeatWhile(takeSome, quad!.get),
  ...windows.flatMap((window) =>
    window.increase(wasm.subtract(segmentPitch!.get, wasm.multiply(quads!.get, constant(4)))),
  ),
  ...segment!.increase(constant(-1)),
];

/** Where one pixel is left, it is taken twice; the sums of the second one go to a place that nobody reads. */
const takePixels: Code = [
  ...first!.set(input!.get),
  ...second!.set(
    wasm.add(input!.get, wasm.select(constant(0), pixelPitch!.get, wasm.lessUnsigned(pixels!.get, constant(PIXELS)))),
  ),
  ...mask!.set(masks!.get),
  ...segment!.set(segments!.get),
  ...left!.set(constant(FLUSH_STEPS)),
  ...parts.flatMap(({ pixel, i }) => wasm.store(address(pixel), i * VECTOR, wasm.zeroVector)),
  ...wasm.repeatWhile(takeSegment, segment!.get),
  ...flush,
  ...input!.increase(wasm.multiply(pixelPitch!.get, constant(PIXELS))),
  ...sums!.increase(wasm.multiply(sumPitch!.get, constant(PIXELS))),
  ...pixels!.set(
    wasm.select(
      constant(0),
      wasm.subtract(pixels!.get, constant(PIXELS)),
      wasm.lessUnsigned(pixels!.get, constant(PIXELS)),
    ),
  ),
];

/** Runs once for `pixels` of 0 too. */
export const SUM_ROWS: wasm.WasmFunction = {
  name: 'sumRows',
  parameters: 9,
  integers: 7,
  vectors: vectors.length,
  body: wasm.repeatWhile(takePixels, pixels!.get),
};
