/** Bits of a counter that takes n values. */
export function counterBits(n: number): number {
  return n <= 1 ? 1 : Math.ceil(Math.log2(n));
}
