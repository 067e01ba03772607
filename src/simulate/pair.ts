/**
 * Two images in one pass: a double holds a + b·2^26 exactly where |a| and |b| stay below 2^25. Sums and differences of such
 * pairs are the pairs of sums and differences, so that one addition serves two images.
 */

const UNIT = 2 ** 26;

/** Sums whose magnitude stays below this can travel in pairs. */
export const PAIR_LIMIT = UNIT / 2;

/** Elements of the first image, with those of the second one, if there is one, above them. */
export function packPair(first: Int32Array, second: Int32Array | undefined): Float64Array {
  const packed = Float64Array.from(first);
  if (second !== undefined) for (let i = 0; i < packed.length; i++) packed[i]! += second[i]! * UNIT;
  return packed;
}

/** Leaves the first image's sums in `sums` and moves those of the second one to `second`. */
export function splitPair(sums: Float64Array, second: Float64Array): void {
  for (let i = 0; i < sums.length; i++) {
    const upper = Math.round(sums[i]! / UNIT);
    second[i] = upper;
    sums[i]! -= upper * UNIT;
  }
}
