/**
 * WebAssembly: the requantiser of pixels in a row, four channels at a time, on tensors of one byte; and the maximum of
 * pixels. z = β + m_r·r + Σ factor·(sum + start) in doubles, in the order of fixed/types.ts; shift and clamp.
 */
import * as wasm from './assembler.js';
import { add, constant, Local, type Code } from './assembler.js';

/** Addresses and pitches in bytes. `residual` 0: none. `channels` is a multiple of 4. */
export type FinishRow = (
  sums: number,
  sumPitch: number,
  pixels: number,
  output: number,
  outputPitch: number,
  residual: number,
  residualPitch: number,
  channels: number,
  terms: number,
  table: number,
) => void;

/**
 * The table: these constants, 16 bytes each (two doubles or four integers), then β as doubles, then for every term the
 * starts as integers and the factors as doubles, of all channels.
 */
export const CONSTANTS = { rounding: 0, unit: 16, low: 32, high: 48, multiplier: 64, zero: 80, residualZero: 96 };
export const TABLE_HEAD = 112;

/** Bytes of a table. */
export function tableBytes(channels: number, terms: number): number {
  return TABLE_HEAD + channels * (8 + 12 * terms);
}

function locals(from: number, count: number): Local[] {
  return Array.from({ length: count }, (_, i) => new Local(from + i));
}

const [sums, sumPitch, pixels, output, outputPitch, residual, residualPitch, channels, terms, table] = locals(0, 10);
const [channel, term, sumAt, startAt, factorAt] = locals(10, 5);
const [first, last, four] = locals(15, 3);

/** Elements 2 and 3 of four. */
const upper = (vector: Code): Code =>
  wasm.shuffle(vector, vector, [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]);
const times = (vector: Code, size: number): Code => wasm.multiply(vector, constant(size));
const constantAt = (name: keyof typeof CONSTANTS): Code => wasm.load(table!.get, CONSTANTS[name]);

/** Adds factors·(the integers in `four`) to the four z. */
function addProducts(lowFactor: Code, highFactor: Code): Code {
  return [
    ...first!.set(wasm.addDoubles(first!.get, wasm.multiplyDoubles(lowFactor, wasm.toDoubles(four!.get)))),
    ...last!.set(wasm.addDoubles(last!.get, wasm.multiplyDoubles(highFactor, wasm.toDoubles(upper(four!.get))))),
  ];
}

const begin: Code = [
  ...factorAt!.set(add(add(table!.get, constant(TABLE_HEAD)), times(channel!.get, 8))),
  ...first!.set(wasm.load(factorAt!.get, 0)),
  ...last!.set(wasm.load(factorAt!.get, 16)),
];

const addResidual: Code = [
  ...four!.set(wasm.subtract32(wasm.loadFourBytes(add(residual!.get, channel!.get), 0), constantAt('residualZero'))),
  ...addProducts(constantAt('multiplier'), constantAt('multiplier')),
];

/** Terms lie `channels` sums and `channels` starts and factors behind each other. */
const addTerms: Code = [
  ...sumAt!.set(add(sums!.get, times(channel!.get, 4))),
  ...startAt!.set(add(add(table!.get, constant(TABLE_HEAD)), add(times(channels!.get, 8), times(channel!.get, 4)))),
  ...factorAt!.set(add(add(table!.get, constant(TABLE_HEAD)), add(times(channels!.get, 12), times(channel!.get, 8)))),
  ...term!.set(terms!.get),
  ...wasm.repeatWhile(
    [
      ...four!.set(wasm.add32(wasm.load(sumAt!.get, 0), wasm.load(startAt!.get, 0))),
      ...addProducts(wasm.load(factorAt!.get, 0), wasm.load(factorAt!.get, 16)),
      ...sumAt!.increase(times(channels!.get, 4)),
      ...startAt!.increase(times(channels!.get, 12)),
      ...factorAt!.increase(times(channels!.get, 12)),
      ...term!.increase(constant(-1)),
    ],
    term!.get,
  ),
];

/** Adding 1.5·2^52 to a small whole number leaves it, as an integer, in the low half of the double. */
const WHOLE: Code = [0xfd, 0x0c, ...new Uint8Array(new Float64Array([1.5 * 2 ** 52, 1.5 * 2 ** 52]).buffer)];

/** Every step is exact: z and its rounding term stay below 2^53, and a power of two only moves the binary point. */
function rounded(z: Code): Code {
  const shifted = wasm.multiplyDoubles(wasm.addDoubles(z, constantAt('rounding')), constantAt('unit'));
  const above = wasm.maxDoubles(wasm.floorDoubles(shifted), constantAt('low'));
  return wasm.addDoubles(wasm.minDoubles(above, constantAt('high')), WHOLE);
}

const lowHalves = [0, 8, 16, 24].flatMap((byte) => [byte, byte + 1, byte + 2, byte + 3]);

const finishChannels: Code = [
  ...begin,
  ...wasm.when(residual!.get, addResidual),
  ...addTerms,
  ...wasm.storeFourBytes(
    add(output!.get, channel!.get),
    0,
    wasm.add32(wasm.shuffle(rounded(first!.get), rounded(last!.get), lowHalves), constantAt('zero')),
  ),
  ...channel!.increase(constant(4)),
];

const finishPixel: Code = [
  ...channel!.set(constant(0)),
  ...wasm.repeatWhile(finishChannels, wasm.lessUnsigned(channel!.get, channels!.get)),
  ...sums!.increase(sumPitch!.get),
  ...output!.increase(outputPitch!.get),
  ...wasm.when(residual!.get, residual!.increase(residualPitch!.get)),
  ...pixels!.increase(constant(-1)),
];

export const FINISH_ROW: wasm.WasmFunction = {
  name: 'finishRow',
  parameters: 10,
  integers: 5,
  vectors: 3,
  body: wasm.repeatWhile(finishPixel, pixels!.get),
};

/** to[i] = max(to[i], from[i]) for unsigned bytes; `bytes` is a positive multiple of 16. */
export type JoinMax = (from: number, to: number, bytes: number) => void;

const [joinFrom, joinTo, joinBytes] = locals(0, 3);

export const JOIN_MAX: wasm.WasmFunction = {
  name: 'joinMax',
  parameters: 3,
  integers: 0,
  vectors: 0,
  body: wasm.repeatWhile(
    [
      ...wasm.store(joinTo!.get, 0, wasm.max8(wasm.load(joinFrom!.get, 0), wasm.load(joinTo!.get, 0))),
      ...joinFrom!.increase(constant(16)),
      ...joinTo!.increase(constant(16)),
      ...joinBytes!.increase(constant(-16)),
    ],
    joinBytes!.get,
  ),
};
