/**
 * Streams as bytes: an activation is one byte or two (sums of pools up to three), higher bytes in planes of their own, and its zero point is what
 * integer 0 looks like (0 where the format is unsigned, half the range where it is signed), so that every byte is unsigned
 * and larger bytes are larger values. Around the pixels lies a border of zero points, as wide as the padding of the
 * windows that read the tensor, so that no window has to look where it ends. NHWC; positions and pitches in bytes.
 */
import { elementCount } from '../../graph/shapes.js';
import type { IntShape, IntTensor } from '../../fixed/types.js';

/** Where a tensor lies in its buffer, as native/simulate/weighted.h reads it. */
export interface Place {
  readonly imagePitch: number;
  /** From the low bytes to the high ones. */
  readonly planePitch: number;
  readonly rowPitch: number;
  readonly pixelPitch: number;
  /** Of pixel (0, 0) of the first image. */
  readonly origin: number;
  readonly bytes: 1 | 2 | 3;
  readonly zero: number;
}

/** [top, left, bottom, right], in pixels. */
export type Border = readonly [number, number, number, number];

export interface ByteTensor {
  readonly shape: IntShape;
  /** Largest value of an unsigned byte that occurs. */
  readonly largestByte: number;
  readonly place: Place;
  /** All images, one behind the other, and SLACK bytes. */
  readonly data: Uint8Array;
}

/** Bytes behind a tensor that kernels may read: they take vectors of elements also where fewer are left. */
export const SLACK = 16;

/** Bytes of one image of a tensor. */
export function imageBytes(tensor: IntTensor, border: Border): number {
  return placeOf(tensor, border).imagePitch;
}

function placeOf({ shape, format }: IntTensor, [top, left, bottom, right]: Border): Place {
  const bytes = format.bits <= 8 ? 1 : format.bits <= 16 ? 2 : 3;
  const rowPitch = (shape.width + left + right) * shape.channels;
  const planePitch = (shape.height + top + bottom) * rowPitch;
  return {
    imagePitch: bytes * planePitch,
    planePitch,
    rowPitch,
    pixelPitch: shape.channels,
    origin: top * rowPitch + left * shape.channels,
    bytes,
    zero: format.signed ? 2 ** (format.bits - 1) : 0,
  };
}

/** A tensor of `images` images, zero points everywhere. */
export function createTensor(
  tensor: IntTensor,
  border: Border,
  images: number,
  allocate: (bytes: number) => Uint8Array,
): ByteTensor {
  const place = placeOf(tensor, border);
  const data = allocate(images * place.imagePitch + SLACK);
  for (let plane = 0; plane < images * place.bytes; plane++) {
    const value = (place.zero >> (8 * (plane % place.bytes))) & 255;
    data.fill(value, plane * place.planePitch, (plane + 1) * place.planePitch);
  }
  return { shape: tensor.shape, largestByte: place.bytes === 1 ? 2 ** tensor.format.bits - 1 : 255, place, data };
}

/** Writes one image's integers. */
export function writeImage({ shape, place, data }: ByteTensor, image: number, values: ArrayLike<number>): void {
  const row = shape.width * shape.channels;
  for (let y = 0, from = 0; y < shape.height; y++) {
    let to = place.origin + image * place.imagePitch + y * place.rowPitch;
    if (place.bytes === 1) {
      for (const end = from + row; from < end; from++, to++) data[to] = values[from]! + place.zero;
      continue;
    }
    for (const end = from + row; from < end; from++, to++) {
      const value = values[from]! + place.zero;
      for (let byte = 0; byte < place.bytes; byte++) data[to + byte * place.planePitch] = value >> (8 * byte);
    }
  }
}

/** One image's integers. */
export function readImage({ shape, place, data }: ByteTensor, image: number): Int32Array {
  const values = new Int32Array(elementCount(shape));
  const row = shape.width * shape.channels;
  for (let y = 0, to = 0; y < shape.height; y++) {
    let from = place.origin + image * place.imagePitch + y * place.rowPitch;
    for (const end = to + row; to < end; from++, to++) {
      let value = data[from]!;
      for (let byte = 1; byte < place.bytes; byte++) value += data[from + byte * place.planePitch]! << (8 * byte);
      values[to] = value - place.zero;
    }
  }
  return values;
}
