/** Weights as wasm-sums.ts takes them. */
import { LANES, type WeightedLayer } from './weighted.js';

/** The window of a layer in runs of whole groups of four bytes. */
export interface WindowBytes {
  /** Its own runs are no multiple of four bytes: it is copied into one run, with zeros behind it. */
  readonly gathers: boolean;
  readonly segments: number;
  readonly quads: number;
}

export function windowBytes({ segments, segmentBytes }: WeightedLayer): WindowBytes {
  if (segmentBytes % 4 === 0) return { gathers: false, segments, quads: segmentBytes / 4 };
  return { gathers: true, segments: 1, quads: Math.ceil((segments * segmentBytes) / 4) };
}

/** Masks [vector][step][16 rows][4 elements], 255 where the weight is −1. Returns their address. */
export function packMasks(layer: WeightedLayer, allocate: (bytes: number) => Uint8Array): number {
  const { weights, digits, channels } = layer;
  const { segments, quads } = windowBytes(layer);
  const rows = digits * channels;
  const length = weights.length / rows;
  const vectorBytes = segments * quads * LANES * 4;
  const masks = allocate(Math.ceil(rows / LANES) * vectorBytes);
  for (let row = 0; row < rows; row++) {
    const first = Math.floor(row / LANES) * vectorBytes + (row % LANES) * 4;
    for (let i = 0; i < length; i++) {
      if (weights[row * length + i]! < 0) masks[first + (i >> 2) * LANES * 4 + (i & 3)] = 255;
    }
  }
  return masks.byteOffset;
}

/** The starts of a layer, less what the masks add: 255 for every weight of −1. */
export function maskedStarts({ weights, starts, digits, channels }: WeightedLayer): Int32Array {
  const rows = digits * channels;
  const length = weights.length / rows;
  const minus = Int32Array.from({ length: rows }, (_, row) => {
    let count = 0;
    for (let i = row * length; i < (row + 1) * length; i++) if (weights[i]! < 0) count++;
    return count;
  });
  return starts.map((start, i) => start - 255 * minus[i % rows]!);
}
