/** Numbers and names as Verilog text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitsOfInteger, concatBits, constant, hexOfBits, verilogName } from '../../src/rtl/text.js';

const SEED = { seed: 1, numRuns: 300 };

/** Reads bits back, least significant first. */
function integerOf(bits: Uint8Array): bigint {
  return [...bits].reduceRight((value, bit) => value * 2n + BigInt(bit), 0n);
}

test('a constant wider than Verilator reads is several, the upper ones first', () => {
  const bits = Uint8Array.from({ length: 65_536 + 6 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const [upper, lower] = constant(bits).slice(1, -1).split(', ');
  expect(upper).toBe(`6'h${hexOfBits(bits.subarray(65_536))}`);
  expect(lower).toBe(`65536'h${hexOfBits(bits.subarray(0, 65_536))}`);
  expect(constant(bits.subarray(0, 65_536))).toBe(lower);
});

describe('bits', () => {
  test('an integer becomes its two’s complement', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 53 }), fc.maxSafeInteger(), (width, value) => {
        const bits = bitsOfInteger(value, width);
        expect(bits.length).toBe(width);
        expect(integerOf(bits)).toBe(BigInt.asUintN(width, BigInt(value)));
      }),
      SEED,
    );
    expect([...bitsOfInteger(-2, 4)]).toEqual([0, 1, 1, 1]);
    expect([...bitsOfInteger(2 ** 52, 54)].indexOf(1)).toBe(52);
  });

  test('hexadecimal digits read back as the same bits', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 200 }), (list) => {
        const bits = Uint8Array.from(list);
        const hex = hexOfBits(bits);
        expect(hex.length).toBe(Math.ceil(list.length / 4));
        expect(BigInt(`0x${hex}`)).toBe(integerOf(bits));
        expect(constant(bits)).toBe(`${list.length}'h${hex}`);
      }),
      SEED,
    );
    expect(constant(Uint8Array.from([1, 0, 1, 1, 1]))).toBe("5'h1d");
  });

  test('fields are joined lowest first', () => {
    expect([...concatBits(Uint8Array.from([1, 0]), new Uint8Array(0), Uint8Array.from([0, 1, 1]))]).toEqual([
      1, 0, 0, 1, 1,
    ]);
  });
});

describe('names', () => {
  test.each([
    ['LeNet-5 (0.6 bit)', 'lenet_5_0_6_bit'],
    ['  tiny--net__', 'tiny_net'],
    ['3layers', 'net_3layers'],
    ['a', 'a'],
  ])('%j becomes %s', (name, expected) => {
    expect(verilogName(name)).toBe(expected);
  });

  test('any name gives a legal identifier or a clear error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: 'grapheme' }), (name) => {
        if (/[a-z0-9]/i.test(name.toLowerCase())) expect(verilogName(name)).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
        else expect(() => verilogName(name)).toThrow(/has no letter or digit to make a Verilog name from/);
      }),
      SEED,
    );
  });
});
