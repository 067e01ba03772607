/** Numbers and names as Verilog and memory-file text. */
import { FlexorError } from '../base/errors.js';

/** Bits (least significant first, one 0/1 each) as hexadecimal digits, most significant first. */
export function hexOfBits(bits: Uint8Array): string {
  let text = '';
  for (let i = Math.ceil(bits.length / 4) * 4 - 4; i >= 0; i -= 4) {
    const digit = (bits[i] ?? 0) | ((bits[i + 1] ?? 0) << 1) | ((bits[i + 2] ?? 0) << 2) | ((bits[i + 3] ?? 0) << 3);
    text += digit.toString(16);
  }
  return text;
}

/** An integer in two's complement of `width` bits, one 0/1 per element, least significant first. */
export function bitsOfInteger(value: number, width: number): Uint8Array {
  let rest = BigInt.asUintN(width, BigInt(value));
  const bits = new Uint8Array(width);
  for (let i = 0; i < width; i++, rest >>= 1n) bits[i] = Number(rest & 1n);
  return bits;
}

/** Widest literal that Verilator reads by default. */
const MAX_LITERAL_BITS = 65_536;

/** A sized Verilog constant such as `12'h0ff`, or several joined where one literal would be too wide. */
export function constant(bits: Uint8Array): string {
  const literals: string[] = [];
  for (let at = 0; at < bits.length; at += MAX_LITERAL_BITS) {
    const part = bits.subarray(at, at + MAX_LITERAL_BITS);
    literals.unshift(`${part.length}'h${hexOfBits(part)}`);
  }
  return literals.length === 1 ? literals[0]! : `{${literals.join(', ')}}`;
}

/** Joins bit fields, the first one lowest. */
export function concatBits(...fields: Uint8Array[]): Uint8Array {
  const bits = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let at = 0;
  for (const field of fields) {
    bits.set(field, at);
    at += field.length;
  }
  return bits;
}

/** A model's name as the prefix of its modules: letters, digits and single underscores, starting with a letter. */
export function verilogName(name: string): string {
  const text = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (text === '') throw new FlexorError('usage', `name '${name}' has no letter or digit to make a Verilog name from`);
  return /^[a-z]/.test(text) ? text : `net_${text}`;
}
