/**
 * Exact rational numbers, for decisions that doubles cannot be trusted with: whether a value lies on, above or below the
 * boundary between two integers. A number is num/den · 2^exp with den odd and positive; every finite double is one. Sums,
 * products and quotients are exact; a square root is exact where it is rational and else right to SQRT_BITS bits.
 */
import { invariant } from './errors.js';

export interface Exact {
  readonly num: bigint;
  /** Odd and positive. */
  readonly den: bigint;
  readonly exp: number;
}

/** Relative precision of an irrational square root, in bits. */
export const SQRT_BITS = 640;

export const ZERO: Exact = { num: 0n, den: 1n, exp: 0 };

const scratch = new DataView(new ArrayBuffer(8));

/** The exact value of a finite double. */
export function exactOf(x: number): Exact {
  invariant(Number.isFinite(x), `${x} is not a finite number`);
  if (Number.isInteger(x) && Math.abs(x) <= Number.MAX_SAFE_INTEGER) return { num: BigInt(x), den: 1n, exp: 0 };
  scratch.setFloat64(0, x);
  const bits = scratch.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return { num: x < 0 ? -magnitude : magnitude, den: 1n, exp: Math.max(biased, 1) - 1075 };
}

export function addExact(a: Exact, b: Exact): Exact {
  if (a.num === 0n) return b;
  if (b.num === 0n) return a;
  const exp = Math.min(a.exp, b.exp);
  const left = a.num << BigInt(a.exp - exp);
  const right = b.num << BigInt(b.exp - exp);
  if (a.den === b.den) return { num: left + right, den: a.den, exp };
  return { num: left * b.den + right * a.den, den: a.den * b.den, exp };
}

export function negateExact(a: Exact): Exact {
  return { ...a, num: -a.num };
}

export function subtractExact(a: Exact, b: Exact): Exact {
  return addExact(a, negateExact(b));
}

export function multiplyExact(a: Exact, b: Exact): Exact {
  return { num: a.num * b.num, den: a.den * b.den, exp: a.exp + b.exp };
}

/** a/b; b is not 0. */
export function divideExact(a: Exact, b: Exact): Exact {
  invariant(b.num !== 0n, 'an exact number is divided by 0');
  const magnitude = b.num < 0n ? -b.num : b.num;
  const zeros = trailingZeros(magnitude);
  return {
    num: (b.num < 0n ? -a.num : a.num) * b.den,
    den: a.den * (magnitude >> BigInt(zeros)),
    exp: a.exp - b.exp - zeros,
  };
}

/** −1, 0 or 1. */
export function signExact(a: Exact): number {
  return a.num < 0n ? -1 : a.num > 0n ? 1 : 0;
}

/** −1 where a < b, 0 where they are equal, 1 where a > b. */
export function compareExact(a: Exact, b: Exact): number {
  return signExact(subtractExact(a, b));
}

/** Largest integer that is not above a. */
export function floorExact({ num, den, exp }: Exact): bigint {
  const up = exp > 0 ? num << BigInt(exp) : num;
  const down = exp < 0 ? den << BigInt(-exp) : den;
  const quotient = up / down;
  return up < 0n && quotient * down !== up ? quotient - 1n : quotient;
}

/** √a, a ≥ 0. */
export function sqrtExact(a: Exact): Exact {
  invariant(a.num >= 0n, 'the square root of a negative number');
  if (a.num === 0n) return ZERO;
  const odd = a.exp & 1;
  const square = (odd === 0 ? a.num : a.num * 2n) * a.den;
  const exp = (a.exp - odd) / 2;
  const root = integerRoot(square);
  if (root * root === square) return { num: root, den: a.den, exp };
  const shift = Math.max(0, SQRT_BITS - Math.floor(bitLength(square) / 2));
  return { num: integerRoot(square << BigInt(2 * shift)), den: a.den, exp: exp - shift };
}

/** The double that is nearest, or one beside it. */
export function numberOf({ num, den, exp }: Exact): number {
  if (num === 0n) return 0;
  const magnitude = num < 0n ? -num : num;
  const shift = 64 - (bitLength(magnitude) - bitLength(den));
  const quotient = shift >= 0 ? (magnitude << BigInt(shift)) / den : magnitude / (den << BigInt(-shift));
  // Two steps, so that the power of two neither overflows nor underflows before the result does.
  const half = Math.trunc((exp - shift) / 2);
  return Number(num < 0n ? -quotient : quotient) * 2 ** half * 2 ** (exp - shift - half);
}

function bitLength(a: bigint): number {
  return a === 0n ? 0 : a.toString(16).length * 4;
}

function trailingZeros(a: bigint): number {
  let zeros = 0;
  let rest = a;
  while ((rest & 0xffffffffn) === 0n) {
    rest >>= 32n;
    zeros += 32;
  }
  while ((rest & 1n) === 0n) {
    rest >>= 1n;
    zeros++;
  }
  return zeros;
}

/** ⌊√a⌋ by Newton's method from above. */
function integerRoot(a: bigint): bigint {
  if (a < 2n) return a;
  let root = 1n << BigInt(Math.ceil(bitLength(a) / 2) + 1);
  for (;;) {
    const next = (root + a / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
