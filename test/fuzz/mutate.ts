/** Changed inputs: bytes, texts and JSON values with something wrong in them, all from a seed. */
import type { Random } from '../../src/base/random.js';

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.below(values.length)]!;
}

/** Numbers at the edges of formats and of sense. */
const NUMBERS = [
  ...[0, 1, -1, 2, 3, 7, 8, 16, 127, 128, 255, 256, 512, 4096, 65535, 65536, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32],
  ...[2 ** 53, -(2 ** 31), 0.5, -0.5, 1e-30, 1e30, 1e-300, 1e300, 1e-45, 3.4e38, 5e-324, 1.7e308],
];

const TEXTS = [
  '',
  'input',
  '__proto__',
  'constructor',
  'toString',
  'a'.repeat(300),
  '\u0000',
  '𝄞',
  '../x',
  'NaN',
  '1e999',
];

/** Bytes with one to four changes; `others` are inputs of the same kind to take parts from. */
export function mutateBytes(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (let changes = random.between(1, 4); changes > 0; changes--) result = changedBytes(random, result, others);
  return result;
}

/** A place, more often near the start, where headers are. */
function place(random: Random, length: number): number {
  if (length === 0) return 0;
  return random.below(random.below(2) === 0 ? Math.min(length, 64) : length);
}

function changedBytes(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const at = place(random, bytes.length);
  const length = Math.min(bytes.length - at, random.between(1, pick(random, [1, 4, 16, 256])));
  const parts = (...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat(pieces));
  switch (random.below(8)) {
    case 0: {
      const copy = Uint8Array.from(bytes);
      if (copy.length > 0) copy[at]! ^= 1 << random.below(8);
      return copy;
    }
    case 1: {
      const copy = Uint8Array.from(bytes);
      for (let i = at; i < at + length; i++) copy[i] = random.below(256);
      return copy;
    }
    case 2: {
      // An integer of a header, in either order of bytes.
      const copy = Buffer.from(bytes);
      const size = pick(
        random,
        [1, 2, 4, 8].filter((n) => at + n <= copy.length),
      );
      if (size === undefined) return parts(bytes);
      const value = BigInt.asUintN(8 * size, BigInt(Math.trunc(pick(random, NUMBERS.filter(Number.isSafeInteger)))));
      const digits = Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
      copy.set(random.below(2) === 0 ? digits : digits.reverse(), at);
      return Uint8Array.from(copy);
    }
    case 3:
      return parts(bytes.subarray(0, at), bytes.subarray(at + length));
    case 4:
      return parts(bytes.subarray(0, at + length), bytes.subarray(at));
    case 5:
      return parts(bytes.subarray(0, random.below(bytes.length + 1)));
    case 6: {
      const other = pick(random, others);
      const from = place(random, other.length);
      return parts(bytes.subarray(0, at), other.subarray(from, from + random.below(1024)), bytes.subarray(at));
    }
    default:
      return Uint8Array.from(Buffer.from(mutateText(random, Buffer.from(bytes).toString('latin1')), 'latin1'));
  }
}

/** Text with one number, word or line changed. */
export function mutateText(random: Random, text: string): string {
  const pattern = pick(random, [/-?\d+(\.\d+)?(e-?\d+)?/gi, /[A-Za-z_]\w*/g, /[^\n]*\n/g, /[{}[\]:,"'()]/g]);
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text + text;
  const match = pick(random, found);
  const [before, after] = [text.slice(0, match.index), text.slice(match.index + match[0].length)];
  const replacement = pick(random, [
    ...['', match[0] + match[0], String(pick(random, NUMBERS)), pick(random, TEXTS), '{', '[', '"', '\n', 'null'],
    pick(random, found)[0],
  ]);
  return before + replacement + after;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON value with one to three values changed, somewhere in it. */
export function mutateJson(random: Random, value: unknown): unknown {
  let result = structuredClone(value) as Json;
  for (let changes = random.between(1, 3); changes > 0; changes--) result = changedJson(random, result);
  return result;
}

function changedJson(random: Random, value: Json): Json {
  if (typeof value === 'object' && value !== null && random.below(8) !== 0) {
    const keys = Object.keys(value);
    if (keys.length > 0) {
      const key = pick(random, keys);
      const child = (value as { [key: string]: Json })[key]!;
      if (Array.isArray(value)) {
        const index = Number(key);
        if (random.below(10) === 0) return [...value.slice(0, index), child, ...value.slice(index)];
        if (random.below(10) === 0) return value.filter((_, i) => i !== index);
        return value.map((each, i) => (i === index ? changedJson(random, child) : each));
      }
      const entries = Object.entries(value);
      if (random.below(12) === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
      if (random.below(12) === 0) return Object.fromEntries([...entries, [pick(random, [...TEXTS, 'range']), child]]);
      // Two values of one object change places.
      if (random.below(12) === 0) {
        const other = pick(random, keys);
        return { ...value, [key]: value[other]!, [other]: child };
      }
      return { ...value, [key]: changedJson(random, child) };
    }
  }
  if (typeof value === 'number' && random.below(3) !== 0) {
    return pick(random, [value + 1, value - 1, -value, value * 2, value / 2, 0, pick(random, NUMBERS)]);
  }
  if (typeof value === 'boolean' && random.below(3) !== 0) return !value;
  return pick<Json>(random, [null, true, pick(random, NUMBERS), pick(random, TEXTS), [], {}, [value], { value }]);
}
