/** Bits packed eight a byte, least significant first: stored bit 8i+j is bit j of byte i. */

/** Bytes that `count` bits take. */
export function packedBytes(count: number): number {
  return Math.ceil(count / 8);
}

/** Packs bits (one 0/1 per element) into bytes; trailing bits of the last byte are 0. */
export function packBits(bits: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(packedBytes(bits.length));
  for (let i = 0; i < bits.length; i++) if (bits[i]) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

/** The first `count` bits of packed bytes, one 0/1 per element. */
export function unpackBits(bytes: Uint8Array, count: number): Uint8Array {
  const bits = new Uint8Array(count);
  for (let i = 0; i < count; i++) bits[i] = (bytes[i >> 3]! >> (i & 7)) & 1;
  return bits;
}

/** How many bits of packed bytes are 1. */
export function countOnes(bytes: Uint8Array): number {
  let ones = 0;
  for (const byte of bytes) for (let rest = byte; rest !== 0; rest &= rest - 1) ones++;
  return ones;
}

/** Smallest number of bits that holds every integer of [low, high]: unsigned where low is not negative, else two's complement. */
export function bitsFor(low: number, high: number): { bits: number; signed: boolean } {
  if (low >= 0) {
    let bits = 1;
    while (2 ** bits - 1 < high) bits++;
    return { bits, signed: false };
  }
  let bits = 1;
  while (-(2 ** (bits - 1)) > low || 2 ** (bits - 1) - 1 < high) bits++;
  return { bits, signed: true };
}

/** Greatest common divisor of two positive integers. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Least common multiple of two positive integers. */
export function lcm(a: number, b: number): number {
  return (a / gcd(a, b)) * b;
}

/** ⌈log2(n)⌉, at least 1: address bits of a memory of n words, or bits of a counter of n states. */
export function indexBits(n: number): number {
  return Math.max(1, Math.ceil(Math.log2(n)));
}

/** Ones of a 32-bit word. */
export function onesOf(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Divisors of a positive integer, rising. */
export function divisors(n: number): number[] {
  const found: number[] = [];
  for (let d = 1; d <= n; d++) if (n % d === 0) found.push(d);
  return found;
}

/** Bits in which two integers differ, as two's complement numbers of `bits` bits (at most 53). */
export function changedBits(a: number, b: number, bits: number): number {
  const low = onesOf(bits < 32 ? (a ^ b) & ((1 << bits) - 1) : a ^ b);
  if (bits <= 32) return low;
  const high = (x: number): number => Math.floor(x / 2 ** 32) | 0;
  return low + onesOf((high(a) ^ high(b)) & (2 ** (bits - 32) - 1));
}
