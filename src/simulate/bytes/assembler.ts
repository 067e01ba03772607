/**
 * Just enough of WebAssembly's binary format (core specification 2.0, chapter 5) for functions on 32-bit integers and
 * 128-bit vectors with a memory that they import. An expression is its bytes: operands first, then the instruction.
 */

/** Bytes of instructions. */
export type Code = readonly number[];

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 127];
    bytes.push((rest & 127) | 128);
  }
}

export const constant = (value: number): Code => [0x41, ...signed(value)];
export const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
export const subtract = (a: Code, b: Code): Code => [...a, ...b, 0x6b];
export const multiply = (a: Code, b: Code): Code => [...a, ...b, 0x6c];
export const lessUnsigned = (a: Code, b: Code): Code => [...a, ...b, 0x49];
export const isZero = (a: Code): Code => [...a, 0x45];
/** `a` where the condition holds, else `b`. */
export const select = (a: Code, b: Code, condition: Code): Code => [...a, ...b, ...condition, 0x1b];

const vector = (...operation: readonly number[]): Code => [0xfd, ...operation.flatMap((byte) => unsigned(byte))];
/** 16 bytes from address + offset. */
export const load = (address: Code, offset: number): Code => [...address, ...vector(0x00, 0, offset)];
/** 4 bytes from address + offset, four times. */
export const loadSplat = (address: Code, offset: number): Code => [...address, ...vector(0x09, 0, offset)];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...vector(0x0b, 0, offset),
];
export const zeroVector: Code = [...vector(0x0c), ...new Array<number>(16).fill(0)];
export const xor = (a: Code, b: Code): Code => [...a, ...b, ...vector(0x51)];
/** Sums of neighbouring unsigned bytes in 16 bits. */
export const pairSums8 = (a: Code): Code => [...a, ...vector(0x7d)];
/** Sums of neighbouring unsigned 16-bit numbers in 32 bits. */
export const pairSums16 = (a: Code): Code => [...a, ...vector(0x7f)];
export const add16 = (a: Code, b: Code): Code => [...a, ...b, ...vector(0x8e)];
export const add32 = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xae)];

export const max8 = (a: Code, b: Code): Code => [...a, ...b, ...vector(0x79)];
/** The four bytes at address + offset in 32 bits each, unsigned. */
export const loadFourBytes = (address: Code, offset: number): Code => [
  ...[...address, ...vector(0x5c, 0, offset)],
  ...[...vector(0x89), ...vector(0xa9)],
];
/** Stores the low byte of each of four 32-bit numbers, which must lie in 0 to 255. */
export const storeFourBytes = (address: Code, offset: number, value: Code): Code => [
  ...[...address, ...value, ...zeroVector, ...vector(0x86), ...zeroVector, ...vector(0x66)],
  ...[...vector(0x5a, 0, offset), 0],
];
export const subtract32 = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xb1)];
/** Bytes of a (0 to 15) and b (16 to 31), chosen by their numbers. */
export const shuffle = (a: Code, b: Code, bytes: readonly number[]): Code => [...a, ...b, ...vector(0x0d), ...bytes];
/** The low two 32-bit integers as doubles. */
export const toDoubles = (a: Code): Code => [...a, ...vector(0xfe)];
export const addDoubles = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xf0)];
export const multiplyDoubles = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xf2)];
/** For operands that are numbers. */
export const minDoubles = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xf6)];
export const maxDoubles = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xf7)];
export const floorDoubles = (a: Code): Code => [...a, ...vector(0x75)];

const NO_RESULT = 0x40;
/** Runs the body, and again as long as the condition behind it holds. */
export const repeatWhile = (body: Code, condition: Code): Code => [
  0x03,
  NO_RESULT,
  ...body,
  ...condition,
  0x0d,
  0,
  0x0b,
];
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, NO_RESULT, ...body, 0x0b];

/** A local variable or parameter. */
export class Local {
  readonly get: Code;
  constructor(private readonly index: number) {
    this.get = [0x20, ...unsigned(index)];
  }
  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.index)];
  }
  increase(by: Code): Code {
    return this.set(add(this.get, by));
  }
}

const I32 = 0x7f;
const V128 = 0x7b;

/** Most pages of 64 KiB of a memory: all that 32 bits can address. */
export const MOST_PAGES = 65_536;

/** A function of `parameters` integers without a result. Its locals are numbered behind them: integers, then vectors. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly integers: number;
  readonly vectors: number;
  readonly body: Code;
}

/** A module that imports a shared memory `env.memory` and exports functions. */
export function moduleOf(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const sized = (content: Code): number[] => [...unsigned(content.length), ...content];
  const section = (id: number, entries: readonly Code[]): number[] => [
    id,
    ...sized([...unsigned(entries.length), ...entries.flat()]),
  ];
  const name = (text: string): number[] => sized([...Buffer.from(text)]);
  const types = functions.map(({ parameters }) => [0x60, parameters, ...new Array<number>(parameters).fill(I32), 0]);
  const code = functions.map(({ integers, vectors, body }) =>
    sized([2, ...unsigned(integers), I32, ...unsigned(vectors), V128, ...body, 0x0b]),
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [[...name('env'), ...name('memory'), 2, 3, 1, ...unsigned(MOST_PAGES)]]),
    ...section(
      3,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      functions.map((each, i) => [...name(each.name), 0, ...unsigned(i)]),
    ),
    ...section(10, code),
  ]);
}
