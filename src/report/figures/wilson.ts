/**
 * Wilson score interval of a proportion (E. B. Wilson, Probable inference, the law of succession, and statistical
 * inference, JASA 22, 1927): unlike p ± 1.96·√(p(1−p)/n) it stays within [0, 1] and holds near 100 %.
 */
import { invariant } from '../../base/errors.js';
import type { Proportion } from './types.js';

/** Quantile of the normal distribution for 95 % on two sides. */
const Z = 1.959963984540054;

export function proportion(correct: number, images: number): Proportion {
  invariant(images > 0 && correct >= 0 && correct <= images, `${correct} of ${images} is no proportion`);
  const share = correct / images;
  const scale = 1 + Z ** 2 / images;
  const centre = (share + Z ** 2 / (2 * images)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / images + Z ** 2 / (4 * images ** 2));
  // At 0 and at all the interval ends there exactly; only rounding would put it elsewhere.
  const low = correct === 0 ? 0 : centre - half;
  const high = correct === images ? 1 : centre + half;
  return { images, correct, share, low, high };
}
