/**
 * DSP blocks of a signed multiplication on UltraScale+: Yosys's mul2dsp with 27×18 bits a block, 18×18 where a product is
 * put together from several. Products of fewer than 9 bits, and factors of one bit, are logic.
 */

const [WIDE, NARROW, SMALLEST_PRODUCT] = [27, 18, 9] as const;

/** Parts of a signed factor; all but the top one give up their sign bit. */
function parts(bits: number, most: number, partial: number): number {
  return bits <= most ? 1 : 1 + Math.ceil((bits - most) / (partial - 1));
}

/** DSP48E2 blocks of a product of a- and b-bit two's complement numbers. */
export function multiplierBlocks(a: number, b: number): number {
  const [wide, narrow] = [Math.max(a, b), Math.min(a, b)];
  if (narrow < 2 || wide + narrow < SMALLEST_PRODUCT) return 0;
  if (wide <= WIDE && narrow <= NARROW) return 1;
  return parts(wide, NARROW, NARROW) * parts(narrow, NARROW, NARROW);
}
