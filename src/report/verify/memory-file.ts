/** Reads what the memories of a written design hold: lines of hexadecimal digits, and constants in Verilog. */

/** Bits of a hexadecimal number, least significant first; null where it does not fit, or is none. */
export function bitsOfHex(text: string, width: number): Uint8Array | null {
  if (!/^[0-9a-f]+$/i.test(text)) return null;
  const bits = new Uint8Array(width);
  for (let k = 0; k < text.length; k++) {
    const digit = parseInt(text[text.length - 1 - k]!, 16);
    for (let i = 0; i < 4; i++) {
      if (((digit >> i) & 1) === 0) continue;
      if (4 * k + i >= width) return null;
      bits[4 * k + i] = 1;
    }
  }
  return bits;
}

/** The words of a memory file, as `$readmemh` reads it; a text that says which line is wrong where one is. */
export function memoryWords(text: string, width: number, count: number): Uint8Array[] | string {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length !== count) return `has ${lines.length} lines, the design reads ${count}`;
  const words: Uint8Array[] = [];
  for (const [i, line] of lines.entries()) {
    const bits = bitsOfHex(line, width);
    if (bits === null) return `line ${i + 1} must be a hexadecimal number of ${width} bits, got '${line.slice(0, 40)}'`;
    words.push(bits);
  }
  return words;
}

/** A constant of the generator (`12'h0ff`, or several in braces, the highest first) as bits; null for anything else. */
export function constantBits(text: string): Uint8Array | null {
  const inside = /^\{(.*)\}$/s.exec(text.trim())?.[1] ?? text;
  const parts = inside.split(',').map((part) => /^\s*(\d+)'h([0-9a-f]+)\s*$/.exec(part));
  const fields = parts.map((part) => part && bitsOfHex(part[2]!, Number(part[1])));
  const bits: number[] = [];
  for (const field of fields.reverse()) {
    if (field === null) return null;
    for (const bit of field) bits.push(bit);
  }
  return Uint8Array.from(bits);
}

/** The integer of `width` bits from `low` on, in two's complement where it is signed. */
export function integerAt(bits: Uint8Array, low: number, width: number, signed: boolean): bigint {
  let value = 0n;
  for (let i = width - 1; i >= 0; i--) value = (value << 1n) | BigInt(bits[low + i]!);
  return signed ? BigInt.asIntN(width, value) : value;
}
