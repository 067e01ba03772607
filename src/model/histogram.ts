/**
 * How the real-valued encrypted weights x of a plane were spread when training ended, before sign made them bits (the
 * paper's Figs. 6, 13 and 14). Bins mirror each other: the j-th to the right of 0 counts j·w ≤ x < (j+1)·w, the j-th to
 * the left j·w ≤ −x < (j+1)·w, where w = 2·limit/bins; x = 0 is on the right. So no bin mixes encrypted bits 0 (left)
 * and 1 (right), and the two halves are the numbers of either bit.
 */
import { invariant } from '../base/errors.js';
import { fileProblem } from './problem.js';
import type { EncryptedHistogram } from './types.js';

/** Most bins that a file may have; always an even number, half on either side of 0. */
export const MAX_BINS = 256;

const BINS = 40;

/** The limit is the smallest one of 1, 2 or 5 times a power of ten with this part of all x within it. */
const WITHIN_LIMIT = 0.99;

/** Counts encrypted weights, which must be finite. */
export function encryptedHistogram(x: Float32Array): EncryptedHistogram {
  const limit = roundLimit(x);
  const half = BINS / 2;
  const counts = new Array<number>(BINS).fill(0);
  let below = 0;
  let above = 0;
  for (const value of x) {
    const bin = Math.floor((Math.abs(value) / limit) * half);
    if (bin < half) counts[value < 0 ? half - 1 - bin : half + bin]!++;
    else if (value < 0) below++;
    else above++;
  }
  return { limit, below, counts, above };
}

function roundLimit(x: Float32Array): number {
  const sizes = x.map(Math.abs).sort();
  const enough = sizes[Math.ceil(sizes.length * WITHIN_LIMIT) - 1]!;
  invariant(Number.isFinite(enough), `encrypted weights must be finite, got ${enough}`);
  for (let exponent = -9; ; exponent++) {
    // Decimal text gives the nearest number to 2e-3; a product of powers may not.
    const limit = [1, 2, 5].map((digit) => Number(`${digit}e${exponent}`)).find((candidate) => enough < candidate);
    if (limit !== undefined) return limit;
  }
}

/** Encrypted weights of sign −1 and +1: how many encrypted bits are 0 and 1. */
export function histogramBits({ below, counts, above }: EncryptedHistogram): readonly [zeros: number, ones: number] {
  const half = counts.length / 2;
  const sum = (values: readonly number[]): number => values.reduce((total, count) => total + count, 0);
  return [below + sum(counts.slice(0, half)), sum(counts.slice(half)) + above];
}

/** Refuses a histogram that is malformed or not that of these encrypted bits. */
export function checkHistogram(histogram: EncryptedHistogram, bits: number, ones: number | null, at: string): void {
  const { limit, below, counts, above } = histogram;
  const problem = (field: string, rule: string) => fileProblem(at, `encryptedHistogram${field}`, rule);
  if (!Number.isFinite(limit) || limit <= 0) throw problem('.limit', `must be finite and positive, got ${limit}`);
  if (counts.length < 2 || counts.length > MAX_BINS || counts.length % 2 !== 0) {
    throw problem('.counts', `must be an even number of bins from 2 to ${MAX_BINS}, got ${counts.length}`);
  }
  const wrong = [below, ...counts, above].find((count) => !Number.isSafeInteger(count) || count < 0);
  if (wrong !== undefined) throw problem('', `must count in integers ≥ 0, got ${wrong}`);
  const [left, right] = histogramBits(histogram);
  if (left + right !== bits) {
    throw problem('', `must count each of the ${bits} encrypted weights once, got ${left + right}`);
  }
  if (ones !== null && right !== ones) {
    throw problem('', `must have as many weights at or above 0 as encrypted bits are 1 (${ones}), got ${right}`);
  }
}
